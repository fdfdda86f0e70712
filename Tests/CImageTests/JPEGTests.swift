import CImage
import CImageTestSupport
import Testing

@Suite struct JPEGTests {
  /// Every coding that is supported: name, file.
  static let files: [(String, JPEGFile)] = {
    let color = Raster(61, 45, 3)
    let ink = Raster(61, 45, 4)
    var files: [(String, JPEGFile)] = [
      ("grey", JPEGFile(raster: Raster(61, 45, 1), colors: TEST_GREY)),
      (
        "grey progressive",
        JPEGFile(raster: Raster(61, 45, 1), colors: TEST_GREY, progressive: true)
      ),
      ("rgb", JPEGFile(raster: color, colors: TEST_RGB)),
      ("cmyk", JPEGFile(raster: ink, colors: TEST_CMYK)),
      ("ycck", JPEGFile(raster: ink, colors: TEST_YCCK)),
      ("ycck 4:2:0", JPEGFile(raster: ink, colors: TEST_YCCK, sampling: (2, 2))),
      ("ycck progressive", JPEGFile(raster: ink, colors: TEST_YCCK, progressive: true)),
      ("restart", JPEGFile(raster: color, sampling: (2, 2), restartRows: 1)),
      ("arithmetic", JPEGFile(raster: color, arithmetic: true)),
      ("no Huffman tables", JPEGFile(raster: color, omitHuffman: true)),
      ("quality 3", JPEGFile(raster: color, quality: 3)),
      ("quality 100", JPEGFile(raster: color, quality: 100)),
      ("one pixel", JPEGFile(raster: Raster(1, 1, 3))),
      ("one column", JPEGFile(raster: Raster(1, 70, 3), sampling: (2, 2))),
      ("one line", JPEGFile(raster: Raster(70, 1, 3), sampling: (2, 1))),
    ]
    for sampling in [(1, 1), (2, 1), (1, 2), (2, 2), (4, 1)] {
      for progressive in [false, true] {
        files.append(
          (
            "\(sampling) \(progressive)",
            JPEGFile(raster: color, sampling: sampling, progressive: progressive)
          ))
      }
    }
    return files
  }()

  /// What the colours of docs/images.md make of the library's own decode.
  static func reference(_ file: [UInt8], scale: Int = 1) -> Raster {
    let raster = plainDecode(file, scale: scale)
    guard raster.components == 4 else { return raster }
    return raster.map(3) { ink in
      (0..<3).map { c in ink[3] - ((255 - ink[c]) * ink[3] * 2 + 255) / 510 }
    }
  }

  @Test(arguments: files) func pixelsAreTheLibrarysOwn(_ name: String, _ picture: JPEGFile) {
    let file = picture.bytes
    let expected = Self.reference(file)
    for (width, height) in [(picture.raster.width, picture.raster.height), (32, 23), (90, 70)] {
      let decoder = Decoder(width, height)
      let input = decoder.decode(file)
      #expect(decoder.error.code == CIMG_OK, "\(name)")
      #expect(input == expected.resized(width, height).asInput, "\(name) \(width) x \(height)")
      #expect(decoder.info.scale_denominator == 1)
      #expect(decoder.info.width == picture.raster.width)
      #expect(decoder.info.height == picture.raster.height)
      #expect(decoder.info.byte_count == file.count)
      #expect(decoder.guardIsIntact)
    }
  }

  @Test func muchLargerPicturesAreDecodedAtAFractionOfTheirSize() {
    let file = JPEGFile(raster: Raster(203, 170, 3), sampling: (2, 2)).bytes
    for (size, scale) in [(110, 1), (60, 1), (42, 2), (22, 2), (21, 4), (12, 4), (11, 8), (3, 8)] {
      let decoder = Decoder(size, size)
      #expect(
        decoder.decode(file) == Self.reference(file, scale: scale).resized(size, size).asInput)
      #expect(decoder.info.scale_denominator == scale, "input \(size)")
      #expect(decoder.info.width == 203)
    }
  }

  @Test func ordersOfColors() throws {
    let file = JPEGFile(raster: Raster(20, 10, 3)).bytes
    let rgb = try #require(Decoder(20, 10).decode(file))
    let bgr = try #require(Decoder(20, 10, order: Int(CIMG_BGR)).decode(file))
    let grey = try #require(Decoder(20, 10, order: Int(CIMG_GREY)).decode(file))
    for i in stride(from: 0, to: rgb.count, by: 4) {
      #expect([bgr[i + 2], bgr[i + 1], bgr[i], bgr[i + 3]] == Array(rgb[i..<i + 4]))
      let luma = Int(rgb[i]) * 19595 + Int(rgb[i + 1]) * 38470 + Int(rgb[i + 2]) * 7471
      #expect(Array(grey[i..<i + 4]) == [UInt8((luma + 32768) >> 16), 0, 0, 0])
    }
  }

  @Test func noPictureBorrowsTablesFromTheOneBefore() {
    let raster = Raster(40, 30, 3)
    let whole = JPEGFile(raster: raster, quality: 50).bytes
    let short = JPEGFile(raster: raster, quality: 50, omitQuantization: true).bytes
    let decoder = Decoder(16, 16)
    #expect(decoder.decode(short) == nil)
    #expect(decoder.decode(whole) != nil)
    #expect(decoder.decode(short) == nil)
    #expect(decoder.error.code == CIMG_CORRUPT)
  }

  @Test func coverTakesTheMiddle() {
    let picture = Raster(50, 20, 3)
    let decoder = Decoder(10, 10, fit: Int(CIMG_COVER), crop: 800)
    // 20 * 10 / 10 * 0.8 = 16 pixels square, from (50 - 16) / 2 and (20 - 16) / 2.
    var part = Raster(width: 16, height: 16, components: 3, pixels: [])
    for y in 2..<18 { part.pixels += picture.pixels[(y * 50 + 17) * 3..<(y * 50 + 33) * 3] }
    #expect(decoder.decode(PNGFile(picture).bytes) == part.resized(10, 10).asInput)
  }
}
