import CSystem
import SINFModel

/// Writes model files (docs/format.md).
public enum ModelWriter {
  /// The file's bytes, the same for the same description. Checked by the device's own reader before
  /// they are returned.
  ///
  /// Errors: `DescriptionError` when a number does not fit its field or arrays contradict each
  /// other; `ModelError` when the reader would refuse the file: what it says of byte offsets
  /// belongs to the file that has not been written.
  public static func bytes(for model: ModelDescription) throws -> [UInt8] {
    var layout = ModelLayout(model)
    let sections = try layout.sections()
    let bytes = assemble(sections, model, minorVersion: layout.needsMinorVersion)
    try validate(bytes)
    return bytes
  }

  /// Runs the reader on a copy of `bytes` at the alignment that it asks for.
  static func validate(_ bytes: [UInt8]) throws(ModelError) {
    let copy = UnsafeMutableRawBufferPointer.allocate(
      byteCount: bytes.count, alignment: Layout.alignment)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    _ = try Model(validating: UnsafeRawBufferPointer(copy))
  }

  /// Header, section table and sections.
  private static func assemble(
    _ sections: [(kind: SectionKind, index: Int, bytes: [UInt8])], _ model: ModelDescription,
    minorVersion: UInt16
  ) -> [UInt8] {
    let tableEnd = Layout.Header.byteCount + sections.count * Layout.Section.stride
    var body: [UInt8] = []
    var table: [UInt8] = []
    fill(&body, from: tableEnd)
    for section in sections {
      var entry = Record(byteCount: Layout.Section.stride, place: "section")
      entry.put(Layout.Section.kind, section.kind.rawValue)
      entry.put(Layout.Section.index, UInt32(section.index))
      entry.put(Layout.Section.offset, UInt64(tableEnd + body.count))
      entry.put(Layout.Section.byteCount, UInt64(section.bytes.count))
      entry.put(Layout.Section.checksum, checksum(section.bytes))
      table += entry.bytes
      body += section.bytes
      fill(&body, from: tableEnd)
    }
    var header = Record(byteCount: Layout.Header.byteCount, place: "header")
    header.put(Layout.Header.magic, Layout.magic)
    header.put(Layout.Header.major, Layout.majorVersion)
    header.put(Layout.Header.minor, minorVersion)
    header.put(Layout.Header.sectionCount, UInt32(sections.count))
    header.put(Layout.Header.fileBytes, UInt64(tableEnd + body.count))
    if model.minimumShare != 0 { header.put(Layout.Header.minimumShare, model.minimumShare) }
    let covered = header.bytes[..<Layout.Header.checksum] + table
    header.put(Layout.Header.checksum, checksum(Array(covered)))
    return header.bytes + table + body
  }

  /// Zeros up to the next multiple of 64 in the file, in which `body` begins at `start`.
  private static func fill(_ body: inout [UInt8], from start: Int) {
    let rest = (start + body.count) % Layout.alignment
    if rest != 0 { body += [UInt8](repeating: 0, count: Layout.alignment - rest) }
  }

  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBytes { csys_crc32(0, $0.baseAddress, $0.count) }
  }
}
