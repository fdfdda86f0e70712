import CImage
import CImageTestSupport
import Testing

@Suite struct OrientationTests {
  /// How a 3 x 2 picture "abc/def" stands upright (Exif 2.32, 4.6.4 A).
  static let upright = [
    1: ["abc", "def"], 2: ["cba", "fed"], 3: ["fed", "cba"], 4: ["def", "abc"],
    5: ["ad", "be", "cf"], 6: ["da", "eb", "fc"], 7: ["fc", "eb", "da"], 8: ["cf", "be", "ad"],
  ]
  static let letters = Raster(
    width: 3, height: 2, components: 1, pixels: "abcdef".utf8.map { $0 })

  private func lines(_ input: [UInt8]?, _ width: Int) -> [String]? {
    guard let input else { return nil }
    let pixels = stride(from: 0, to: input.count, by: 4).map { input[$0] }
    return stride(from: 0, to: pixels.count, by: width).map {
      String(decoding: pixels[$0..<$0 + width], as: UTF8.self)
    }
  }

  @Test(arguments: 1...8, [false, true]) func allEight(_ orientation: Int, _ interlaced: Bool) {
    let expected = Self.upright[orientation]!
    let width = expected[0].utf8.count
    let decoder = Decoder(width, expected.count)
    for little in [false, true] {
      let file = PNGFile(
        Self.letters, interlaced: interlaced, exif: exifBlock(orientation, little: little))
      #expect(lines(decoder.decode(file.bytes), width) == expected)
      #expect(decoder.info.orientation == orientation)
      #expect(decoder.info.width == 3)
      #expect(decoder.info.height == 2)
    }
  }

  /// The same region and weights as of the picture turned beforehand, odd margins included.
  @Test(arguments: 1...8) func regionAndWeightsFollowTheUprightPicture(_ orientation: Int) {
    let stored = Raster(31, 18, 3)
    let transposed = orientation >= 5
    let (width, height) = transposed ? (18, 31) : (31, 18)
    var turned = Raster(width: width, height: height, components: 3, pixels: [])
    for y in 0..<height {
      for x in 0..<width {
        let (across, down) = transposed ? (y, x) : (x, y)
        let left = [2, 3, 7, 8].contains(orientation) ? 30 - across : across
        let top = [3, 4, 6, 7].contains(orientation) ? 17 - down : down
        turned.pixels += (0..<3).map { UInt8(stored[left, top, $0]) }
      }
    }
    for (toWidth, toHeight) in [(8, 5), (5, 8), (40, 40), (12, 25), (25, 12)] {
      for fit in [Int(CIMG_COVER), Int(CIMG_STRETCH)] {
        let decoder = Decoder(toWidth, toHeight, fit: fit, crop: 700)
        let direct = decoder.decode(PNGFile(turned).bytes)
        for interlaced in [false, true] {
          let file = PNGFile(stored, interlaced: interlaced, exif: exifBlock(orientation)).bytes
          #expect(direct != nil && decoder.decode(file) == direct)
        }
      }
    }
  }

  private func orientation(_ app1: [UInt8]) -> Int? {
    let decoder = Decoder(4, 4)
    let file = JPEGFile(raster: Raster(8, 8, 1), colors: TEST_GREY, app1: app1).bytes
    return decoder.decode(file) == nil ? nil : Int(decoder.info.orientation)
  }

  @Test func exifInJPEG() {
    let name: [UInt8] = Array("Exif".utf8) + [0, 0]
    for value in 1...8 {
      #expect(orientation(name + exifBlock(value)) == value)
      #expect(orientation(name + exifBlock(value, little: false)) == value)
    }
  }

  @Test func brokenExifMeansUpright() {
    let name: [UInt8] = Array("Exif".utf8) + [0, 0]
    let block = name + exifBlock(6)
    for count in 0..<(name.count + 12 + 2 + 12 + 12) {
      #expect(orientation(Array(block[..<count])) == 1, "\(count) bytes")
    }
    #expect(orientation(name + exifBlock(0)) == 1)
    #expect(orientation(name + exifBlock(9)) == 1)
    #expect(orientation(name + exifBlock(6, type: 2)) == 1)
    #expect(orientation(name + exifBlock(6, count: 2)) == 1)
    #expect(orientation(Array("http://ns.adobe.com/xap/1.0/".utf8) + [0, 60, 120]) == 1)
    var far = block
    far[name.count + 4...name.count + 7] = [0xFF, 0xFF, 0xFF, 0xFF]
    #expect(orientation(far) == 1)
    var inside = block
    inside[name.count + 4] = 4
    #expect(orientation(inside) == 1)
  }

  @Test(arguments: [1, 3, 4, 6, 8, 9], [true, false]) func wholeNumbersOfAnyLength(
    _ type: Int, _ little: Bool
  ) {
    let block = exifBlock(6, little: little, type: type)
    let name: [UInt8] = Array("Exif".utf8) + [0, 0]
    let raster = Raster(6, 4, 3)
    for file in [
      JPEGFile(raster: raster, app1: name + block).bytes,
      JPEGFile(raster: raster, app1: Array("Exif".utf8) + [0, 0xFF] + block).bytes,
      PNGFile(raster, exif: block).bytes, withExif(PNGFile(raster).bytes, name + block),
    ] {
      let decoder = Decoder(4, 6)
      #expect(decoder.decode(file) != nil)
      #expect(decoder.info.orientation == 6)
    }
  }

  /// The chunk behind IHDR: libpng itself writes none with JPEG's name in front.
  private func withExif(_ file: [UInt8], _ block: [UInt8]) -> [UInt8] {
    Array(file[..<33]) + pngChunk("eXIf", block) + Array(file[33...])
  }
}
