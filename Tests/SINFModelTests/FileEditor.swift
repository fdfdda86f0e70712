import CSystem
import SINFModel

/// Changes fields of a file by name, and makes its checksums right again.
struct FileEditor {
  var bytes: [UInt8]

  /// Offset in the file of an entry of the section table.
  static func entry(_ index: Int) -> Int {
    Layout.Header.byteCount + index * Layout.Section.stride
  }

  var sectionCount: Int { Int(get(Layout.Header.sectionCount, as: UInt32.self)) }

  /// Offset and size of a section; `program` for weights.
  func section(_ kind: SectionKind, program: Int = 0) -> Range<Int> {
    section(at: Int(kind.rawValue) - 1 + program)
  }

  func section(at index: Int) -> Range<Int> {
    let start = Int(get(Self.entry(index) + Layout.Section.offset, as: UInt64.self))
    let count = Int(get(Self.entry(index) + Layout.Section.byteCount, as: UInt64.self))
    return start..<start + count
  }

  func get<Value: FixedWidthInteger>(_ offset: Int, as type: Value.Type) -> Value {
    bytes.withUnsafeBytes {
      Value(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: type))
    }
  }

  mutating func put<Value: FixedWidthInteger>(_ offset: Int, _ value: Value) {
    withUnsafeBytes(of: value.littleEndian) {
      bytes.replaceSubrange(offset..<offset + $0.count, with: $0)
    }
  }

  /// Sets field `field` of record `record` of a section.
  mutating func put<Value: FixedWidthInteger>(
    _ kind: SectionKind, _ record: Int, _ field: Int, _ value: Value
  ) {
    put(section(kind).lowerBound + record * Self.stride(kind) + field, value)
  }

  mutating func put(_ kind: SectionKind, _ record: Int, _ field: Int, _ value: Float) {
    put(kind, record, field, value.bitPattern)
  }

  func get<Value: FixedWidthInteger>(
    _ kind: SectionKind, _ record: Int, _ field: Int, as type: Value.Type
  ) -> Value {
    get(section(kind).lowerBound + record * Self.stride(kind) + field, as: type)
  }

  static func stride(_ kind: SectionKind) -> Int {
    switch kind {
    case .model, .metadata, .text, .weights: return 0
    case .labels: return Layout.Text.stride
    case .clusters: return Layout.Cluster.stride
    case .classes: return 2
    case .tensors: return Layout.Tensor.stride
    case .programs: return Layout.Program.stride
    case .operations: return Layout.Operation.stride
    }
  }

  /// Recomputes checksums of all sections that lie inside the file, and the header's.
  mutating func repairChecksums() {
    guard bytes.count >= Layout.Header.byteCount else { return }
    for index in 0..<min(sectionCount, 4096) {
      guard Self.entry(index + 1) <= bytes.count else { break }
      let start = get(Self.entry(index) + Layout.Section.offset, as: UInt64.self)
      let count = get(Self.entry(index) + Layout.Section.byteCount, as: UInt64.self)
      guard start <= bytes.count, count <= UInt64(bytes.count) - start else { continue }
      put(Self.entry(index) + Layout.Section.checksum, checksum(Int(start)..<Int(start + count)))
    }
    let end = min(bytes.count, Self.entry(min(sectionCount, 4096)))
    let head = checksum(0..<Layout.Header.checksum)
    put(
      Layout.Header.checksum, checksum(Layout.Header.byteCount..<end, continuing: head))
  }

  private func checksum(_ range: Range<Int>, continuing sum: UInt32 = 0) -> UInt32 {
    bytes.withUnsafeBytes { csys_crc32(sum, $0.baseAddress! + range.lowerBound, range.count) }
  }
}
