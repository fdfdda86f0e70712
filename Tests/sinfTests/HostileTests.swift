import Foundation
import Testing

/// Files that nobody should have to fear: each gives one line that says what is wrong, is counted,
/// and leaves the picture behind it labelled.
@Suite struct HostileTests {
  private static let pictures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Pictures")

  private static func jpeg() -> [UInt8] {
    [UInt8]((try? Data(contentsOf: pictures.appendingPathComponent("gradient.jpg"))) ?? Data())
  }

  /// The picture with another size in its frame header.
  private static func jpeg(width: Int, height: Int, frame: UInt8? = nil) -> Data {
    var file = jpeg()
    var index = 2
    while !(0xC0...0xC2).contains(file[index + 1]) {
      index += 2 + Int(file[index + 2]) << 8 + Int(file[index + 3])
    }
    if let frame { file[index + 1] = frame }
    file[index + 5] = UInt8(height >> 8)
    file[index + 6] = UInt8(height & 255)
    file[index + 7] = UInt8(width >> 8)
    file[index + 8] = UInt8(width & 255)
    return Data(file)
  }

  /// Name, bytes, and what the line says.
  static let files: [(String, Data, String)] = [
    ("zero-length.jpg", Data(), "empty: found 0 bytes, expected a JPEG or PNG picture"),
    ("text.png", Data("hello, world".utf8), "neither JPEG nor PNG: this is text;"),
    ("gif.jpg", Data("GIF89a..".utf8), "neither JPEG nor PNG: this is a GIF picture; convert it"),
    ("signature.jpg", Data([0xFF, 0xD8, 0xFF]), "truncated: the data ends at byte 3"),
    ("signature.png", Picture.png().prefix(8), "truncated: the data ends at byte 8"),
    ("cut.jpg", Data(jpeg().dropLast(40)), "truncated: the data ends at byte"),
    ("cut.png", Picture.png().dropLast(20), "truncated: the data ends at byte"),
    ("checksum.png", flipped(Picture.png(), at: 50), "corrupt, noticed at byte"),
    (
      "sides-65500.jpg", jpeg(width: 65500, height: 65500),
      "the picture has 4290250000 pixels, the limit is 178956970"
    ),
    ("sides-65535.jpg", jpeg(width: 65535, height: 65535), "not supported (byte"),
    ("no-lines.jpg", jpeg(width: 8, height: 0), "not supported (byte"),
    ("more-lines-than-data.jpg", jpeg(width: 16, height: 60000), "corrupt, noticed at byte"),
    ("lossless.jpg", jpeg(width: 16, height: 16, frame: 0xC3), "not supported (byte"),
    (
      "sides-2147483647.png", Picture.header(width: 0x7FFF_FFFF, height: 0x7FFF_FFFF),
      "corrupt, noticed at byte"
    ),
    (
      "sides-1000000.png", Picture.header(width: 1_000_000, height: 1_000_000),
      "the picture has 1000000000000 pixels, the limit is 178956970"
    ),
    (
      "wide.png", Picture.header(width: 1_000_000, height: 100, type: 6, depth: 16),
      "decoding needs "
    ),
    (
      "data-behind-the-last-row.png", Picture.png(behindLastRow: 1 << 20),
      "corrupt, noticed at byte"
    ),
    ("no-data.png", Picture.header(width: 13_000, height: 13_000), "corrupt, noticed at byte"),
  ]

  private static func flipped(_ data: Data, at index: Int) -> Data {
    var data = data
    data[index] ^= 0x40
    return data
  }

  @Test(arguments: files.map(\.0)) func givesOneLineAndACount(_ name: String) throws {
    let file = try #require(Self.files.first { $0.0 == name })
    let folder = try TemporaryFolder()
    try folder.write(name, file.1)
    try folder.write("whole.png", Picture.png())
    let result = try Program.classify([
      "--no-times", folder.path + "/" + name, folder.path + "/whole.png",
    ])
    #expect(result.status == 1)
    let lines = result.errors.split(separator: "\n")
    #expect(lines.filter { $0.hasPrefix("sinf: ") }.count == 1)
    #expect(
      lines[0].hasPrefix("sinf: \(folder.path)/\(name): \(file.2)"), "\(lines[0])")
    #expect(lines.last == "2 received = 1 classified + 1 failed + 0 skipped")
  }

  /// A picture that is listed and gone when its turn comes: it is taken away by the reader of the
  /// results behind the first byte, so after the folder was read, while the pipe, which holds 64 KB,
  /// keeps the program from getting far.
  @Test func saysThatAListedFileDisappeared() throws {
    let folder = try TemporaryFolder()
    for index in 0..<400 { try folder.write("p\(index + 100).png", Picture.png(seed: index)) }
    let last = folder.path + "/p499.png"
    let result = try Program.classify(
      ["--format", "json", folder.path],
      shell: "\"$@\" | { dd bs=1 count=1 status=none; rm '\(last)'; cat; }")
    #expect(result.errors == "sinf: \(last): No such file or directory\n")
    let summary = try #require(try result.objects().last)
    #expect(summary["classified"] as? Int == 399)
    #expect(summary["failed"] as? Int == 1)
  }
}
