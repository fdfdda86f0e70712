import SINFModel

/// A description that can't be laid out: a number that its field can't hold, or arrays whose
/// lengths contradict each other.
public struct DescriptionError: Error, Equatable, CustomStringConvertible {
  /// Such as "program 2, operation 5, bias".
  public var place: String
  public var found: String
  public var expected: String

  public var description: String { "\(place): found \(found), expected \(expected)" }

  /// Throws unless an array has the length that its place asks for.
  static func check(_ place: String, count: Int, equals expected: Int) throws(DescriptionError) {
    guard count == expected else {
      throw DescriptionError(
        place: place, found: "\(count) elements", expected: "\(expected) elements")
    }
  }
}

/// A record being filled, field by field at the offsets of `Layout`.
struct Record {
  private(set) var bytes: [UInt8]
  /// What it describes, for errors.
  let place: String

  init(byteCount: Int, place: String) {
    bytes = [UInt8](repeating: 0, count: byteCount)
    self.place = place
  }

  mutating func put<Value: FixedWidthInteger>(_ offset: Int, _ value: Value) {
    withUnsafeBytes(of: value.littleEndian) {
      bytes.replaceSubrange(offset..<offset + $0.count, with: $0)
    }
  }

  mutating func put(_ offset: Int, _ value: Float) { put(offset, value.bitPattern) }

  /// Stores `value` as `Value`; throws when it does not fit.
  mutating func put<Value: FixedWidthInteger>(
    _ offset: Int, _ value: Int, as type: Value.Type, _ name: String
  ) throws(DescriptionError) {
    guard let exact = Value(exactly: value) else {
      throw DescriptionError(
        place: "\(place), \(name)", found: "\(value)", expected: "\(Value.min)...\(Value.max)")
    }
    put(offset, exact)
  }
}

/// A section being filled.
struct SectionBytes {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ record: Record) { bytes += record.bytes }

  /// Appends numbers in little-endian order and returns where they begin; `alignment` fills up
  /// with zeros first.
  @discardableResult
  mutating func append<Value: FixedWidthInteger>(_ values: [Value], alignment: Int = 1) -> Int {
    bytes += [UInt8](repeating: 0, count: (alignment - bytes.count % alignment) % alignment)
    let start = bytes.count
    values.map(\.littleEndian).withUnsafeBytes { bytes += $0 }
    return start
  }
}
