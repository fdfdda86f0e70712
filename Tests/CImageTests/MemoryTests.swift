import CImage
import CImageTestSupport
import Testing

@Suite struct MemoryTests {
  static let files: [(String, [UInt8])] =
    HostileTests.small + [
      ("large", JPEGFile(raster: Raster(700, 90, 3), sampling: (2, 2)).bytes),
      ("large progressive", JPEGFile(raster: Raster(300, 200, 3), progressive: true).bytes),
      ("wide png", PNGFile(Raster(2000, 12, 4)).bytes),
      ("wide grey png", PNGFile(Raster(3000, 40, 2)).bytes),
      ("wide 4:4:4", JPEGFile(raster: Raster(900, 30, 3)).bytes),
      ("wide 4:2:0", JPEGFile(raster: Raster(900, 30, 3), sampling: (2, 2)).bytes),
      ("wide 4:4:0", JPEGFile(raster: Raster(900, 30, 3), sampling: (1, 2)).bytes),
      ("wide 4:1:1", JPEGFile(raster: Raster(900, 30, 3), sampling: (4, 1)).bytes),
      ("wide cmyk", JPEGFile(raster: Raster(900, 30, 4), colors: TEST_YCCK).bytes),
      ("wide grey", JPEGFile(raster: Raster(900, 30, 1), colors: TEST_GREY).bytes),
      ("wide interlaced png", PNGFile(Raster(2000, 12, 3), interlaced: true).bytes),
    ]

  @Test(arguments: files) func whatIsNeededIsSaidAndSuffices(_ name: String, _ file: [UInt8]) throws
  {
    let expected = try #require(Decoder(33, 20).decode(file))
    var (low, high) = (0, 1 << 20)
    while high - low > 512 {
      let bytes = (low + high) / 2
      let decoder = Decoder(33, 20, decoderBytes: bytes)
      if decoder.decoder != nil, let input = decoder.decode(file) {
        #expect(input == expected)
        high = bytes
      } else {
        #expect(decoder.error.code == CIMG_MEMORY, "\(name) with \(bytes): \(decoder.error.code)")
        #expect(decoder.error.needed > bytes)
        if decoder.decoder != nil { #expect(decoder.error.available == bytes) }
        low = bytes
      }
      #expect(decoder.guardIsIntact)
    }
    // The number given by a decoder far too small suffices.
    let small = Decoder(33, 20, decoderBytes: 13_000)
    if small.decode(file) == nil {
      let needed = Int(small.error.needed)
      #expect(small.error.code == CIMG_MEMORY)
      #expect(Decoder(33, 20, decoderBytes: needed).decode(file) == expected, "\(name): \(needed)")
    }
    // The number given with one byte too few is enough, and not far from what is.
    let tight = Decoder(33, 20, decoderBytes: low)
    guard tight.decoder != nil else { return }
    #expect(tight.decode(file) == nil)
    let needed = Int(tight.error.needed)
    #expect(Decoder(33, 20, decoderBytes: needed).decode(file) == expected, "\(name): \(needed)")
    #expect(needed < high + high / 4 + 40_000, "\(name): said \(needed), needs \(high)")
  }

  @Test func thousandPicturesTakeWhatTheFirstTook() {
    let decoder = Decoder(33, 20, decoderBytes: 600_000)
    var first: [UInt64] = []
    var inputs: [[UInt8]?] = []
    for round in 0..<1000 {
      let index = round % Self.files.count
      let input = decoder.decode(Self.files[index].1)
      if round < Self.files.count {
        first.append(decoder.info.decoder_bytes)
        inputs.append(input)
        #expect(input != nil)
      }
      #expect(input == inputs[index])
      #expect(decoder.info.decoder_bytes == first[index])
      // A broken one in between leaves nothing behind either.
      if round % 7 == 0 { _ = decoder.decode(Array(Self.files[index].1.dropLast(9))) }
    }
    #expect(decoder.guardIsIntact)
  }

  @Test func heightCostsNothing() {
    func memory(_ file: [UInt8]) -> UInt64 {
      let decoder = Decoder(8, 8)
      #expect(decoder.decode(file) != nil)
      return decoder.info.decoder_bytes
    }
    // Past the 32 KB that zlib's window may take: less than that takes less.
    for height in [400, 3000] {
      let raster = Raster(64, height, 3)
      let square = Raster(64, 200, 3)
      #expect(
        memory(JPEGFile(raster: raster, sampling: (2, 2)).bytes)
          == memory(JPEGFile(raster: square, sampling: (2, 2)).bytes))
      for interlaced in [false, true] {
        #expect(
          memory(PNGFile(raster, interlaced: interlaced).bytes)
            == memory(PNGFile(square, interlaced: interlaced).bytes))
      }
    }
  }

  @Test func optionsOutOfRangeAreRefused() {
    for decoder in [
      Decoder(0, 5), Decoder(5, 0), Decoder(5, 5, order: 4), Decoder(5, 5, fit: 0),
      Decoder(5, 5, crop: 0), Decoder(5, 5, crop: 1001),
    ] {
      #expect(decoder.decoder == nil)
      #expect(decoder.error.code == CIMG_OPTIONS)
      #expect(decoder.error.message_count > 0)
    }
    let small = Decoder(5, 5, decoderBytes: 1000)
    #expect(small.decoder == nil)
    #expect(small.error.code == CIMG_MEMORY)
  }
}
