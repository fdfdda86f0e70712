import CImage
import CImageTestSupport
import Testing

@Suite struct WholePNGTests {
  private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  private static let side = 8
  private static let rows: [UInt8] = (0..<side).flatMap { y -> [UInt8] in
    [0] + (0..<side).map { UInt8(y * 23 + $0 * 7) }
  }
  private static var header: [UInt8] {
    pngChunk("IHDR", [0, 0, 0, UInt8(side), 0, 0, 0, UInt8(side), 8, 0, 0, 0, 0])
  }

  private static func zlib(_ rows: [UInt8] = rows, extra: [UInt8] = []) -> [UInt8] {
    [0x78, 0x01] + storedBlock(rows, isLast: true) + adler(rows) + extra
  }

  private static func picture(
    before: [UInt8] = [], data: [UInt8] = zlib(), after: [UInt8] = pngChunk("IEND", [])
  ) -> [UInt8] {
    signature + header + before + pngChunk("IDAT", data) + after
  }

  private let decoder = Decoder(8, 8)

  @Test func surplusIsNoDamage() throws {
    let whole = try #require(decoder.decode(Self.picture()))
    for (file, what) in [
      (Self.picture(data: Self.zlib(extra: [1, 2, 3])), "bytes behind the zlib stream"),
      (Self.picture(data: Self.zlib(extra: .init(repeating: 0, count: 9000))), "a lot of them"),
      (Self.picture(data: Self.zlib(Self.rows + [9, 9, 9, 9])), "more rows than lines"),
      (Self.picture(after: pngChunk("IDAT", [7]) + pngChunk("IEND", [])), "one more IDAT"),
      (Self.picture(after: pngChunk("tEXt", [65, 0], damage: 1) + pngChunk("IEND", [])), "text"),
      (Self.picture(after: pngChunk("IEND", [], damage: 5)), "IEND with a wrong checksum"),
      (Self.picture(after: []), "no IEND"),
      (Self.picture(after: [0, 0, 0]), "the beginning of IEND"),
      (Self.picture(after: [UInt8](repeating: 0, count: 70_000)), "zeros in place of IEND"),
      (
        Self.picture(before: pngChunk("acTL", [0, 0, 0, 2, 0, 0, 0, 0])),
        "an animation's default picture"
      ),
    ] {
      #expect(decoder.decode(file) == whole, "\(what): \(decoder.message)")
    }
    for name in ["tEXt", "iTXt", "zTXt", "gAMA", "pHYs", "tIME", "sRGB", "iCCP", "acTL", "fcTL"] {
      let chunk = pngChunk(name, [0, 0, 0, 1, 0, 0, 0], damage: 0x8000)
      #expect(decoder.decode(Self.picture(before: chunk)) == whole, "\(name): \(decoder.message)")
    }
  }

  /// Distances of up to 32 KB under a header that promises 256 bytes.
  @Test func aWindowDeclaredTooSmall() throws {
    let raster = Raster(120, 100, 3)
    var file = PNGFile(raster).bytes
    let whole = try #require(decoder.decode(file))
    let data = (8..<file.count).first { Array(file[$0..<$0 + 4]) == Array("IDAT".utf8) }! + 4
    let length = Int(file[data - 7]) << 16 | Int(file[data - 6]) << 8 | Int(file[data - 5])
    file[data] = 0x08
    file[data + 1] = UInt8(31 - 0x0800 % 31)
    let content = Array(file[data..<data + length])
    file.replaceSubrange(data - 8..<data + length + 4, with: pngChunk("IDAT", content))
    #expect(decoder.decode(file) == whole, "\(decoder.message)")
  }

  @Test func doubtIsRefused() {
    for (file, what) in [
      (Self.picture(before: pngChunk("tRNS", [0, 7], damage: 1)), "transparency"),
      (Self.picture(before: pngChunk("eXIf", exifBlock(6), damage: 1)), "orientation"),
      (Self.picture(before: pngChunk("unKn", [1], damage: 1)), "any chunk"),
      (Self.picture(before: pngChunk("UnKn", [1])), "a critical one"),
      (Self.signature + pngChunk("IHDR", [UInt8](repeating: 1, count: 13), damage: 1), "header"),
    ] {
      #expect(decoder.decode(file) == nil, "\(what)")
      #expect(decoder.error.code == CIMG_CORRUPT, "\(what): \(decoder.message)")
    }
    var wrong = Self.zlib()
    wrong[wrong.count - 1] ^= 1
    #expect(decoder.decode(Self.picture(data: wrong)) == nil, "Adler-32")
    #expect(decoder.error.code == CIMG_CORRUPT)
    #expect(decoder.decode(Self.picture(data: Array(Self.zlib().dropLast(4)))) == nil, "none")
    #expect(decoder.decode(Self.picture(data: Self.zlib(Array(Self.rows.dropLast())))) == nil)
  }

  @Test func applesOwnKindIsNamed() {
    let file = Self.signature + pngChunk("CgBI", [0x50, 0, 0x20, 2]) + Self.header
    #expect(decoder.decode(file) == nil)
    #expect(decoder.error.code == CIMG_UNSUPPORTED)
    #expect(decoder.message.contains("CgBI"))
    // A stream goes on behind it.
    (file + Self.picture()).withUnsafeBytes {
      var source = cimg_source_from_memory($0.baseAddress, $0.count)
      var error = cimg_error()
      #expect(cimg_source_next(&source, &error) == CIMG_OK)
      #expect(decoder.decode(&source) == nil)
      #expect(cimg_source_next(&source, &error) == CIMG_OK)
      #expect(decoder.decode(&source) != nil)
    }
  }

  /// The picture's end is where the next one begins, with IEND or without.
  @Test func aStreamOfPicturesWithoutEnds() {
    let stream = Self.picture(after: []) + Self.picture() + Self.picture(after: []) + Self.picture()
    stream.withUnsafeBytes {
      var source = cimg_source_from_memory($0.baseAddress, $0.count)
      var error = cimg_error()
      var count = 0
      while cimg_source_next(&source, &error) == CIMG_OK {
        #expect(decoder.decode(&source) != nil)
        count += 1
      }
      #expect(count == 4)
    }
  }

  @Test func anIndexWithoutAColorIsBlack() {
    var file = PNGFile(2, 1, colorType: 3, depth: 8, samples: [0, 9])
    file.palette = [200, 100, 50]
    #expect(Decoder(2, 1).decode(file.bytes) == [200, 100, 50, 0, 0, 0, 0, 0])
  }
}
