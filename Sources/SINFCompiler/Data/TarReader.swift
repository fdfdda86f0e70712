/// Goes through the regular files of a tar archive (POSIX ustar, with GNU and pax long names),
/// packed with gzip or not.
struct TarReader {
  struct Entry {
    /// The path inside the archive.
    var name: String
    var size: Int
    /// Last part of the path.
    var fileName: String { String(name.split(separator: "/").last ?? "") }
  }

  private let stream: ByteStream
  /// Bytes of the current entry that were not read yet, and its filling up to 512.
  private var left = 0
  private var filling = 0

  init(path: String) throws { stream = try ByteStream(path: path) }

  /// The next regular file, or nil at the archive's end.
  mutating func next() throws -> Entry? {
    var longName: String?
    while true {
      try stream.skip(left + filling)
      (left, filling) = (0, 0)
      let header = try stream.upTo(512)
      // Two blocks of zeros end an archive; some writers leave them out.
      if header.isEmpty || header.allSatisfy({ $0 == 0 }) { return nil }
      guard header.count == 512, Self.checksumHolds(header) else {
        throw DatasetError(stream.path, "is not a tar archive, or it is damaged")
      }
      guard let size = Self.number(header[124..<136]) else {
        throw DatasetError(stream.path, "has an entry of unreadable size")
      }
      left = size
      filling = (512 - size % 512) % 512
      switch header[156] {
      case UInt8(ascii: "L"):
        longName = Self.text(try contents()[...])
      case UInt8(ascii: "x"):
        longName = Self.paxPath(try contents()) ?? longName
      case 0, UInt8(ascii: "0"), UInt8(ascii: "7"):
        let prefix = Self.text(header[345..<500])
        let isUstar = header[257..<262].elementsEqual("ustar".utf8) && header[262] == 0
        let short = Self.text(header[0..<100])
        let name = longName ?? (isUstar && !prefix.isEmpty ? prefix + "/" + short : short)
        return Entry(name: name, size: size)
      default:
        longName = nil
      }
    }
  }

  /// The bytes of the entry that `next` returned.
  mutating func contents() throws -> [UInt8] {
    let result = try stream.bytes(left, for: "an entry of the archive")
    left = 0
    return result
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// Octal digits, or base 256 where the first bit is set (GNU, for large sizes).
  private static func number(_ field: ArraySlice<UInt8>) -> Int? {
    if field.first! & 0x80 != 0 {
      let digits = field.dropFirst().suffix(8)
      let value = digits.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      return Int(exactly: value).flatMap { $0 < 1 << 50 ? $0 : nil }
    }
    let digits = text(field).filter { $0 != " " }
    return digits.isEmpty ? 0 : Int(digits, radix: 8).flatMap { $0 >= 0 ? $0 : nil }
  }

  private static func checksumHolds(_ header: [UInt8]) -> Bool {
    guard let stored = number(header[148..<156]) else { return false }
    let sum = header.indices.reduce(0) {
      $0 + ((148..<156).contains($1) ? 32 : Int(header[$1]))
    }
    return sum == stored
  }

  /// The value of `path` in a pax header: records "<length> <key>=<value>\n".
  private static func paxPath(_ bytes: [UInt8]) -> String? {
    var rest = bytes[...]
    while let space = rest.firstIndex(of: UInt8(ascii: " ")),
      let length = Int(String(decoding: rest[..<space], as: UTF8.self)),
      length > space - rest.startIndex + 1, length <= rest.count
    {
      let end = rest.startIndex + length
      let record = String(decoding: rest[(space + 1)..<(end - 1)], as: UTF8.self)
      if record.hasPrefix("path=") { return String(record.dropFirst(5)) }
      rest = rest[end...]
    }
    return nil
  }
}
