/// Why a file is refused: where it breaks which rule. Nothing in a file can trap; all of it ends
/// here.
public struct ModelError: Error {
  /// Where in the file: the section, nil for the header and the section table.
  public let section: SectionKind?
  /// Which record of the section (label, cluster, tensor, program, operation), the program of a
  /// weights section, or the entry of the section table.
  public let index: Int
  /// The offending field, in bytes from the start of the file.
  public let offset: Int64
  /// What stands there; a float as its bits.
  public let found: Int64
  /// `found` where it is a number without sign that is too large for it: fields of the header, of the
  /// section table and of programs.
  public var unsignedFound: UInt64? {
    guard found < 0, section == nil || section == .programs else { return nil }
    return UInt64(bitPattern: found)
  }
  /// Whether the file doesn't begin as model files do: it is something else.
  public var isOfMagic: Bool { section == nil && offset == 0 && limit == nil }
  /// What must hold.
  public let rule: StaticString
  /// The number that `rule` speaks of, if it does.
  public let limit: Int64?

  init(
    _ section: SectionKind?, _ index: Int, offset: Int64, found: Int64, _ rule: StaticString,
    limit: Int64? = nil
  ) {
    self.section = section
    self.index = index
    self.offset = offset
    self.found = found
    self.rule = rule
    self.limit = limit
  }
}

extension ModelError: Equatable {
  public static func == (a: ModelError, b: ModelError) -> Bool {
    a.section == b.section && a.index == b.index && a.offset == b.offset && a.found == b.found
      && a.limit == b.limit && a.rule.hasSameText(as: b.rule)
  }
}

extension StaticString {
  fileprivate func hasSameText(as other: StaticString) -> Bool {
    guard utf8CodeUnitCount == other.utf8CodeUnitCount else { return false }
    for i in 0..<utf8CodeUnitCount where utf8Start[i] != other.utf8Start[i] { return false }
    return true
  }
}
