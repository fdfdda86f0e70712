/// A section of the file, for people who look into it.
public struct SectionView: Sendable {
  public let kind: SectionKind
  /// The program of a weights section, otherwise 0.
  public let index: Int
  /// From the start of the file.
  public let offset: Int
  public let byteCount: Int
  public let checksum: UInt32
}

extension Model {
  /// Bytes of the whole file.
  public var fileBytes: Int { file.count }

  public var majorVersion: Int { file.short(Layout.Header.major) }
  public var minorVersion: Int { file.short(Layout.Header.minor) }

  public var sectionCount: Int { SectionKind.fixedCount + programCount }

  /// Section `index`, 0 ..< sectionCount, in file order.
  public func section(at index: Int) -> SectionView {
    precondition(index >= 0 && index < sectionCount)
    let at = Sections.entry(index)
    return SectionView(
      kind: SectionKind(rawValue: file.u32(at + Layout.Section.kind)).unsafelyUnwrapped,
      index: file.word(at + Layout.Section.index), offset: file.word(at + Layout.Section.offset),
      byteCount: file.word(at + Layout.Section.byteCount),
      checksum: file.u32(at + Layout.Section.checksum))
  }
}
