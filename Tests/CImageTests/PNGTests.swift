import CImage
import CImageTestSupport
import Testing

@Suite struct PNGTests {
  /// Packs samples, decodes at full size and compares with `color` of each pixel's samples.
  private func check(
    colorType: Int, depth: Int, palette: [UInt8]? = nil, transparency: [UInt8]? = nil,
    color: ([Int]) -> [Int]
  ) {
    let components = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][colorType]!
    for (width, height) in [(19, 13), (1, 1), (5, 2), (3, 9)] {
      var state: UInt64 = 99
      let samples = (0..<width * height * components).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1
        return Int(state >> 40) & (1 << depth - 1)
      }
      let expected = Raster(
        width: width, height: height, components: 3,
        pixels: stride(from: 0, to: samples.count, by: components).flatMap {
          color(Array(samples[$0..<$0 + components])).map { UInt8($0) }
        })
      for interlaced in [false, true] {
        var file = PNGFile(width, height, colorType: colorType, depth: depth, samples: samples)
        (file.palette, file.transparency) = (palette, transparency)
        file.interlaced = interlaced
        let bytes = file.bytes
        for (toWidth, toHeight) in [(width, height), (7, 4), (25, 30)] {
          let decoder = Decoder(toWidth, toHeight, background: (10, 200, 60))
          #expect(
            decoder.decode(bytes) == expected.resized(toWidth, toHeight).asInput,
            "type \(colorType), depth \(depth), interlaced \(interlaced), to \(toWidth)")
          #expect(decoder.info.byte_count == bytes.count)
          #expect(decoder.guardIsIntact)
        }
      }
    }
  }

  private func over(_ color: [Int], _ alpha: Int) -> [Int] {
    zip(color, [10, 200, 60]).map { (2 * ($0 * alpha + $1 * (255 - alpha)) + 255) / 510 }
  }

  @Test(arguments: [1, 2, 4, 8, 16]) func grey(_ depth: Int) {
    func byte(_ sample: Int) -> Int {
      depth == 16 ? sample >> 8 : sample * 255 / (1 << depth - 1)
    }
    check(colorType: 0, depth: depth) { [Int](repeating: byte($0[0]), count: 3) }
    let clear = depth == 16 ? 0x1234 : 1
    check(
      colorType: 0, depth: depth, transparency: [UInt8(clear >> 8), UInt8(clear & 255)]
    ) { over([Int](repeating: byte($0[0]), count: 3), $0[0] == clear ? 0 : 255) }
  }

  @Test(arguments: [8, 16]) func color(_ depth: Int) {
    check(colorType: 2, depth: depth) { $0.map { $0 >> (depth - 8) } }
    check(colorType: 6, depth: depth) { pixel in
      over(pixel[..<3].map { $0 >> (depth - 8) }, pixel[3] >> (depth - 8))
    }
    check(colorType: 4, depth: depth) { pixel in
      over([Int](repeating: pixel[0] >> (depth - 8), count: 3), pixel[1] >> (depth - 8))
    }
  }

  @Test(arguments: [1, 2, 4, 8]) func palette(_ depth: Int) {
    let palette = (0..<3 << depth).map { UInt8(truncatingIfNeeded: $0 * 37 + 11) }
    func entry(_ index: Int) -> [Int] { palette[3 * index..<3 * index + 3].map(Int.init) }
    check(colorType: 3, depth: depth, palette: palette) { entry($0[0]) }
    // Fewer alphas than colours: the rest is opaque.
    let alphas: [UInt8] = depth == 1 ? [100] : [0, 128, 200]
    check(colorType: 3, depth: depth, palette: palette, transparency: alphas) {
      over(entry($0[0]), $0[0] < alphas.count ? Int(alphas[$0[0]]) : 255)
    }
  }

  @Test func oneTransparentColor() {
    let raster = Raster(
      width: 2, height: 1, components: 3, pixels: [1, 2, 3, 1, 2, 4])
    var file = PNGFile(raster)
    file.transparency = [0, 1, 0, 2, 0, 3]
    let decoder = Decoder(2, 1, background: (10, 200, 60))
    #expect(decoder.decode(file.bytes) == [10, 200, 60, 0, 1, 2, 4, 0])
  }

  @Test func greyInputOfTransparentColors() {
    let raster = Raster(width: 2, height: 1, components: 4, pixels: [255, 0, 0, 0, 255, 0, 0, 255])
    let decoder = Decoder(2, 1, order: Int(CIMG_GREY), background: (10, 200, 60))
    // 0.299 * 10 + 0.587 * 200 + 0.114 * 60 = 127.2; 0.299 * 255 = 76.2
    #expect(decoder.decode(PNGFile(raster).bytes) == [127, 0, 0, 0, 76, 0, 0, 0])
  }
}
