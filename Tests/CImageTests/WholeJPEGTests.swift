import CImage
import CImageTestSupport
import Glibc
import Testing

/// Nothing is missing: the same pixels as without the surplus. Something is missing: refused.
@Suite struct WholeJPEGTests {
  static let codings: [(String, JPEGFile)] = {
    let color = Raster(70, 45, 3)
    return [
      ("sequential", JPEGFile(raster: color, sampling: (2, 2))),
      ("restarts", JPEGFile(raster: color, sampling: (2, 2), restartRows: 1)),
      ("progressive", JPEGFile(raster: color, sampling: (2, 1), progressive: true)),
      ("progressive restarts", JPEGFile(raster: color, progressive: true, restartRows: 1)),
      ("grey", JPEGFile(raster: Raster(70, 45, 1), colors: TEST_GREY)),
      ("standard tables", JPEGFile(raster: color, omitHuffman: true)),
    ]
  }()

  private func expectWhole(_ decoder: Decoder, _ file: [UInt8], _ whole: [UInt8], _ what: String) {
    #expect(decoder.decode(file) == whole, "\(what): \(decoder.message)")
  }

  @Test(arguments: codings.indices) func surplusBytesAreNoDamage(_ index: Int) throws {
    let (name, picture) = Self.codings[index]
    let parts = JPEGParts(picture.bytes)
    let file = parts.file
    let end = file.count - 2
    // SOI and the first marker are the signature.
    let headers = parts.segments.dropFirst().map(\.offset)
    for size in [32, 3] {
      let decoder = Decoder(size, size)
      let whole = try #require(decoder.decode(file))
      for count in 1...12 {
        for byte: UInt8 in [0, 0x55, 0xAA] {
          let stray = [UInt8](repeating: byte, count: count)
          expectWhole(decoder, parts.inserting(stray, at: [end]), whole, "\(name) \(count) at end")
          expectWhole(
            decoder, parts.inserting(stray, at: parts.restarts), whole, "\(name) \(count) restarts")
          expectWhole(
            decoder, parts.inserting(stray, at: headers), whole, "\(name) \(count) headers")
        }
      }
      for (stray, what) in [
        ([0xFF, 0xFF, 0xFF], "fill bytes"), ([0xFF, 0x00], "a stuffed byte"),
        ([0xFF, 0x37, 0x11], "a marker that doesn't exist"),
        ([UInt8](repeating: 0, count: 60_000), "a lot"),
      ] as [([UInt8], String)] {
        expectWhole(decoder, parts.inserting(stray, at: [end]), whole, "\(name), \(what) at end")
        expectWhole(decoder, parts.inserting(stray, at: parts.restarts), whole, "\(name), \(what)")
        expectWhole(
          decoder, parts.inserting(stray, at: [parts.segment(0xDB)]), whole, "\(name), \(what)")
      }
      // A segment whose marker lost its FF, restart markers that nobody needs, SOI twice.
      expectWhole(
        decoder, parts.inserting([0, 0xE1, 0, 6, 1, 2, 3, 4], at: [parts.segment(0xDB)]), whole,
        name)
      for marker: UInt8 in 0xD0...0xD7 {
        expectWhole(decoder, parts.inserting([0xFF, marker], at: [end]), whole, "\(name) RST")
      }
      expectWhole(decoder, parts.inserting([0xFF, 0xD8], at: [0]), whole, "\(name), SOI twice")
      // DNL, and a comment, behind the data.
      let lines: [UInt8] = [0xFF, 0xDC, 0, 4, 0, 45]
      expectWhole(decoder, parts.inserting(lines, at: [end]), whole, "\(name), DNL")
      expectWhole(decoder, file + [UInt8](repeating: 0xFF, count: 99), whole, "\(name), trailer")
      // No end, whatever stands there instead.
      for tail in [[], [0xFF], [0, 0, 0], [13, 10, 0x2D, 0x2D], [0xFF, 0xD8, 0xFF, 0xDB]]
        as [[UInt8]]
      {
        expectWhole(decoder, Array(file[..<end]) + tail, whole, "\(name), no EOI, then \(tail)")
      }
    }
  }

  @Test(arguments: codings.indices) func whatIsMissingIsRefused(_ index: Int) throws {
    let (name, picture) = Self.codings[index]
    let parts = JPEGParts(picture.bytes)
    let decoder = Decoder(32, 32)
    // The end comes too early.
    for offset in stride(from: parts.data + 2, to: parts.file.count - 40, by: 7) {
      guard parts.file[offset - 1] != 0xFF, parts.file[offset - 2] != 0xFF else { continue }
      let short = Array(parts.file[..<offset])
      // A progressive picture may end after any scan, and a segment may take the end for its own.
      if !name.hasPrefix("progressive") {
        #expect(decoder.decode(short + [0xFF, 0xD9]) == nil, "\(name), \(offset)")
        #expect(decoder.error.code == CIMG_CORRUPT, "\(name), \(offset)")
      }
      #expect(decoder.decode(short) == nil, "\(name), \(offset)")
      #expect(decoder.error.code == CIMG_TRUNCATED, "\(name), \(offset)")
      #expect(decoder.error.offset == offset)
    }
    guard let restart = parts.restarts.first else { return }
    var wrong = parts.file
    wrong[restart + 1] = 0xD3
    #expect(decoder.decode(wrong) == nil)
    #expect(decoder.error.code == CIMG_CORRUPT)
    var gone = parts.file
    gone.removeSubrange(restart..<restart + 2)
    #expect(decoder.decode(gone) == nil)
  }

  @Test func aCodeThatDoesNotExistIsRefusedWhateverIsBuffered() {
    // Sixteen ones are no code of the standard tables.
    var parts = JPEGParts(
      JPEGFile(raster: Raster(300, 300, 1), colors: TEST_GREY, quality: 95).bytes)
    let middle = (parts.data + 2000..<parts.file.count).first {
      parts.file[$0 - 1] != 0xFF && parts.file[$0] != 0xFF
    }!
    parts.file.replaceSubrange(middle..<middle, with: [0xFF, 0, 0xFF, 0, 0xFF, 0, 0xFF, 0])
    for size in [280, 100, 30, 9] {
      let decoder = Decoder(size, size)
      #expect(decoder.decode(parts.file) == nil)
      #expect(decoder.error.code == CIMG_CORRUPT)
      #expect(decoder.error.offset == parts.data)
      #expect(decoder.message.contains("MCU row"), "\(decoder.message)")
    }
  }

  /// Runs of ones of every length at many places, in data that is read quickly where it lies in
  /// memory and slowly where it comes by a window of 64 bytes.
  @Test(arguments: [false, true]) func quickAndSlowReadingAgree(_ optimized: Bool) throws {
    var template = Array("/tmp/sinf-jpeg-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    try #require(descriptor >= 0)
    unlink(template)
    defer { close(descriptor) }
    var refused = 0
    var state: UInt32 = 7
    func below(_ bound: Int) -> Int {
      state = state &* 1_664_525 &+ 1_013_904_223
      return Int((UInt64(state) * UInt64(bound)) >> 32)
    }
    for side in [100, 25] {
      let decoder = Decoder(side, side)
      for (quality, sampling) in [(95, (2, 2)), (99, (1, 1)), (70, (2, 1))] {
        let whole = JPEGParts(
          JPEGFile(
            raster: Raster(208, 208, 3), quality: quality, sampling: sampling,
            optimized: optimized
          ).bytes)
        for _ in 0..<60 {
          var file = whole.file
          let at = whole.data + below(file.count - whole.data - 100)
          var ones: [UInt8] = [UInt8((1 << below(8)) - 1)]
          for _ in 0..<below(4) { ones += [0xFF, 0] }
          ones.append(~UInt8(0xFF >> below(8)))
          file.replaceSubrange(at..<at + below(6), with: ones)
          let quick = decoder.decode(file)
          let message = decoder.message
          #expect(ftruncate(descriptor, 0) == 0 && pwrite(descriptor, file, file.count, 0) > 0)
          lseek(descriptor, 0, SEEK_SET)
          var window = [UInt8](repeating: 0, count: 64)
          let slow = window.withUnsafeMutableBytes {
            var source = cimg_source_from_descriptor(descriptor, $0.baseAddress, $0.count)
            return decoder.decode(&source)
          }
          #expect(quick == slow)
          #expect(message == decoder.message)
          refused += quick == nil ? 1 : 0
        }
      }
    }
    // Some of both, so that something was compared.
    #expect(refused > 60 && refused < 340)
  }

  @Test func coefficientsThatNoSamplesHaveAreRefused() {
    let decoder = Decoder(16, 16)
    for progressive in [false, true] {
      let file = JPEGFile(
        raster: Raster(40, 40, 1), colors: TEST_GREY, quality: 90, progressive: progressive
      ).bytes
      #expect(decoder.decode(file) != nil)
      // Quantisation steps of 65,280: table of 16 bits.
      let parts = JPEGParts(file)
      let table = parts.segment(0xDB)
      var steps = file
      steps.replaceSubrange(
        table..<table + 69,
        with: [0xFF, 0xDB, 0, 131, 0x10] + [UInt8](repeating: 0xFF, count: 128))
      #expect(decoder.decode(steps) == nil)
      #expect(decoder.error.code == CIMG_CORRUPT)
      #expect(decoder.message.contains("a block that no samples of 8 bits have"))
      var zero = file
      zero[table + 20] = 0
      #expect(decoder.decode(zero) == nil)
      #expect(decoder.message.contains("a quantisation step is 0"))
    }
  }

  /// The strongest contrasts at the coarsest quality overshoot what samples can be, and are pictures.
  @Test func noisyPicturesAreNoDamage() {
    for quality in [1, 2, 5, 10, 50, 100] {
      for seed in 1...6 {
        var noise = Raster(96, 64, 3, seed: UInt32(seed))
        var state = UInt32(seed)
        noise.pixels = noise.pixels.indices.map { index in
          state = state &* 1_664_525 &+ 1_013_904_223
          return seed % 2 == 0
            ? state >> 31 == 0 ? 0 : 255 : (index / 3 + index / 288) % 2 == 0 ? 0 : 255
        }
        let file = JPEGFile(raster: noise, quality: quality, sampling: (2, 2)).bytes
        let decoder = Decoder(96, 64)
        #expect(
          decoder.decode(file) == JPEGTests.reference(file).resized(96, 64).asInput,
          "quality \(quality), \(decoder.message)")
      }
    }
  }

  @Test func otherKindsOfJPEGAreNamed() {
    let decoder = Decoder(9, 9)
    let parts = JPEGParts(JPEGFile(raster: Raster(16, 16, 3)).bytes)
    let frame = parts.segment(0xC0)
    for (marker, text) in [
      (0xC3, "lossless"), (0xC5, "hierarchical"), (0xC7, "hierarchical"), (0xCB, "lossless"),
      (0xCF, "hierarchical"), (0xF7, "JPEG-LS"), (0xDE, "hierarchical"),
    ] as [(UInt8, String)] {
      var file = parts.file
      file[frame + 1] = marker
      #expect(decoder.decode(file) == nil)
      #expect(decoder.error.code == CIMG_UNSUPPORTED)
      #expect(decoder.error.offset == frame)
      #expect(decoder.message.contains(text), "\(decoder.message)")
    }
    for (precision, code) in [(12, CIMG_UNSUPPORTED), (16, CIMG_UNSUPPORTED), (7, CIMG_CORRUPT)] {
      var file = parts.file
      file[frame + 4] = UInt8(precision)
      #expect(decoder.decode(file) == nil)
      #expect(decoder.error.code == code)
    }
  }

  @Test func aSequentialScansHeaderMayBeZeros() throws {
    let parts = JPEGParts(JPEGFile(raster: Raster(30, 20, 3)).bytes)
    let decoder = Decoder(12, 12)
    var file = parts.file
    file.replaceSubrange(parts.data - 3..<parts.data, with: [0, 0, 0])
    #expect(decoder.decode(file) == decoder.decode(parts.file))
    #expect(decoder.error.code == CIMG_OK)
  }
}
