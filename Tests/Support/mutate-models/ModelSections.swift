import CSystem
import SINFModel

/// A model file taken apart into its sections, so that records can be changed and the file put
/// together again with right sizes and checksums.
struct ModelSections {
  /// In file order: the fixed ones, then weights by program.
  var sections: [[UInt8]]
  private let minorVersion: UInt16

  /// Nil for bytes that are no model file.
  init?(_ file: [UInt8]) {
    guard file.count >= Layout.Header.byteCount else { return nil }
    let count = Int(file.number(at: Layout.Header.sectionCount, bytes: 4))
    let table = Layout.Header.byteCount
    guard count > SectionKind.fixedCount, count < 5000,
      table + count * Layout.Section.stride <= file.count
    else { return nil }
    minorVersion = UInt16(file.number(at: Layout.Header.minor, bytes: 2))
    sections = []
    for index in 0..<count {
      let entry = table + index * Layout.Section.stride
      let start = file.number(at: entry + Layout.Section.offset, bytes: 8)
      let bytes = file.number(at: entry + Layout.Section.byteCount, bytes: 8)
      guard start <= file.count, bytes <= UInt64(file.count) - start else { return nil }
      sections.append(Array(file[Int(start)..<Int(start + bytes)]))
    }
  }

  /// Whether the records that a mutator looks at are there.
  var isWhole: Bool {
    count(.model) == 1 && count(.tensors) > 0 && count(.programs) > 0 && count(.operations) > 0
  }

  /// The file.
  var bytes: [UInt8] {
    let tableEnd = Layout.Header.byteCount + sections.count * Layout.Section.stride
    var body: [UInt8] = []
    var table: [UInt8] = []
    func fill() { body += [UInt8](repeating: 0, count: (64 - (tableEnd + body.count) % 64) % 64) }
    fill()
    for (index, section) in sections.enumerated() {
      var entry = [UInt8](repeating: 0, count: Layout.Section.stride)
      entry.put(UInt64(min(index, SectionKind.fixedCount) + 1), at: Layout.Section.kind, bytes: 4)
      entry.put(
        UInt64(max(0, index - SectionKind.fixedCount)), at: Layout.Section.index, bytes: 4)
      entry.put(UInt64(tableEnd + body.count), at: Layout.Section.offset, bytes: 8)
      entry.put(UInt64(section.count), at: Layout.Section.byteCount, bytes: 8)
      entry.put(UInt64(Self.checksum(section)), at: Layout.Section.checksum, bytes: 4)
      table += entry
      body += section
      fill()
    }
    var header = [UInt8](repeating: 0, count: Layout.Header.byteCount)
    header.put(Layout.magic, at: Layout.Header.magic, bytes: 8)
    header.put(UInt64(Layout.majorVersion), at: Layout.Header.major, bytes: 2)
    header.put(UInt64(minorVersion), at: Layout.Header.minor, bytes: 2)
    header.put(UInt64(sections.count), at: Layout.Header.sectionCount, bytes: 4)
    header.put(UInt64(tableEnd + body.count), at: Layout.Header.fileBytes, bytes: 8)
    let covered = Array(header[..<Layout.Header.checksum]) + table
    header.put(UInt64(Self.checksum(covered)), at: Layout.Header.checksum, bytes: 4)
    return header + table + body
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBytes { csys_crc32(0, $0.baseAddress, $0.count) }
  }

  subscript(kind: SectionKind) -> [UInt8] {
    get { sections[Int(kind.rawValue) - 1] }
    set { sections[Int(kind.rawValue) - 1] = newValue }
  }

  func get(_ kind: SectionKind, _ record: Int, _ field: Int, _ bytes: Int) -> Int {
    Int(self[kind].number(at: record * Self.stride(kind) + field, bytes: bytes))
  }

  mutating func put(_ value: Int, _ kind: SectionKind, _ record: Int, _ field: Int, _ bytes: Int) {
    self[kind].put(
      UInt64(truncatingIfNeeded: value), at: record * Self.stride(kind) + field, bytes: bytes)
  }

  func count(_ kind: SectionKind) -> Int { self[kind].count / Self.stride(kind) }

  static func stride(_ kind: SectionKind) -> Int {
    switch kind {
    case .tensors: Layout.Tensor.stride
    case .programs: Layout.Program.stride
    case .operations: Layout.Operation.stride
    default: Layout.Model.byteCount
    }
  }
}

extension [UInt8] {
  func number(at offset: Int, bytes: Int) -> UInt64 {
    (0..<bytes).reduce(0) { $0 | UInt64(self[offset + $1]) << UInt64(8 * $1) }
  }

  mutating func put(_ value: UInt64, at offset: Int, bytes: Int) {
    for k in 0..<bytes { self[offset + k] = UInt8(truncatingIfNeeded: value >> UInt64(8 * k)) }
  }
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers everywhere.
struct Random {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  mutating func element<C: RandomAccessCollection>(of list: C) -> C.Element
  where C.Index == Int { list[list.startIndex + below(list.count)] }
}
