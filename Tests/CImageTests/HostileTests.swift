import CImage
import CImageTestSupport
import Testing

@Suite struct HostileTests {
  /// Small files of every way of coding.
  static let small: [(String, [UInt8])] = {
    let color = Raster(21, 14, 3)
    let name: [UInt8] = Array("Exif".utf8) + [0, 0]
    var palette = PNGFile(
      16, 9, colorType: 3, depth: 4, samples: (0..<16 * 9).map { $0 * 7 % 16 })
    palette.palette = (0..<48).map { UInt8($0 * 5) }
    palette.transparency = [0, 128]
    return [
      ("jpeg", JPEGFile(raster: color, sampling: (2, 2), app1: name + exifBlock(6)).bytes),
      ("jpeg restart", JPEGFile(raster: color, restartRows: 1).bytes),
      ("jpeg progressive", JPEGFile(raster: color, sampling: (2, 1), progressive: true).bytes),
      ("jpeg arithmetic", JPEGFile(raster: color, arithmetic: true).bytes),
      ("jpeg cmyk", JPEGFile(raster: Raster(21, 14, 4), colors: TEST_YCCK).bytes),
      ("png", PNGFile(color, exif: exifBlock(8)).bytes),
      ("png interlaced", PNGFile(Raster(21, 14, 4), interlaced: true).bytes),
      ("png palette", palette.bytes),
    ]
  }()

  /// What is cut behind its last block or row is whole; anything else is cut short.
  @Test(arguments: small.indices) func truncatedAtEveryByte(_ index: Int) throws {
    let (name, file) = Self.small[index]
    let decoder = Decoder(9, 11)
    let whole = try #require(decoder.decode(file))
    // IEND; EOI and what the last byte of compressed data has of padding. An arithmetic decoder can't
    // tell.
    let tail = name == "jpeg arithmetic" ? 0 : name.hasPrefix("png") ? 12 : 3
    for count in 0..<file.count {
      if let input = decoder.decode(Array(file[..<count])) {
        #expect(count >= file.count - tail && input == whole, "\(name), \(count) bytes")
        continue
      }
      #expect(tail == 0 || count < file.count - min(tail, 2), "\(name), \(count) bytes")
      #expect(decoder.error.code == (count == 0 ? CIMG_EMPTY : CIMG_TRUNCATED), "\(name) \(count)")
      #expect(decoder.error.offset == count, "\(name)")
    }
    #expect(decoder.decode(file) == whole, "the decoder goes on")
    #expect(decoder.guardIsIntact)
  }

  @Test(arguments: small.indices) func changedInEveryByte(_ index: Int) throws {
    let (name, file) = Self.small[index]
    let decoder = Decoder(9, 11)
    let whole = try #require(decoder.decode(file))
    for index in 0..<file.count {
      for change: UInt8 in [0xFF, 0x01, 0x80, 0x40] {
        var broken = file
        broken[index] ^= change
        let input = decoder.decode(broken)
        // A PNG's checksums cover every byte: what is accepted is the same picture. A JPEG has none:
        // what still decodes may differ.
        if name.hasPrefix("png") { #expect(input == nil || input == whole, "\(name) \(index)") }
        #expect((input == nil) == (decoder.error.code != CIMG_OK))
        #expect(decoder.guardIsIntact)
      }
    }
    #expect(decoder.decode(file) == whole, "the decoder goes on")
  }

  @Test(arguments: small.indices) func shortenedInside(_ index: Int) throws {
    let (name, file) = Self.small[index]
    let decoder = Decoder(9, 11)
    let whole = try #require(decoder.decode(file))
    for index in stride(from: 8, to: file.count - 1, by: 3) {
      for count in [1, 2, 17] where index + count < file.count - 2 {
        var broken = file
        broken.removeSubrange(index..<index + count)
        let input = decoder.decode(broken)
        if name.hasPrefix("png") { #expect(input == nil || input == whole) }
        #expect(decoder.guardIsIntact)
      }
    }
  }

  @Test func noise() {
    let decoder = Decoder(9, 11)
    var generator = SystemRandomNumberGenerator()
    for round in 0..<2000 {
      var bytes = (0..<Int.random(in: 0..<300)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      if round % 2 == 0 {
        bytes = [0xFF, 0xD8, 0xFF] + bytes
      } else {
        bytes = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + bytes
      }
      #expect(decoder.decode(bytes) == nil, "\(bytes)")
    }
    #expect(decoder.guardIsIntact)
  }

  @Test func textIsNoPicture() {
    let decoder = Decoder(9, 11)
    #expect(decoder.decode(Array("hello, world".utf8)) == nil)
    #expect(decoder.error.code == CIMG_UNKNOWN)
    #expect(decoder.error.first_byte_count == 12)
    #expect(decoder.error.first_bytes.0 == UInt8(ascii: "h"))
    #expect(decoder.decode([0x47]) == nil)
    #expect(decoder.error.code == CIMG_UNKNOWN)
    #expect(decoder.error.first_byte_count == 1)
  }

  /// A JPEG's frame header with its size replaced.
  private func resizedHeader(_ file: [UInt8], _ width: Int, _ height: Int) -> [UInt8] {
    var file = file
    var index = 2
    while !(0xC0...0xC2).contains(file[index + 1]) {
      index += 2 + Int(file[index + 2]) << 8 + Int(file[index + 3])
    }
    file.replaceSubrange(
      index + 5..<index + 9,
      with: [height >> 8, height & 255, width >> 8, width & 255].map { UInt8($0) })
    return file
  }

  @Test func hugeSizes() {
    let decoder = Decoder(9, 11, maximumPixels: 178_956_970)
    let jpeg = JPEGFile(raster: Raster(16, 16, 3), sampling: (2, 2)).bytes
    #expect(decoder.decode(resizedHeader(jpeg, 65500, 65500)) == nil)
    #expect(decoder.error.code == CIMG_PIXELS)
    #expect(decoder.error.needed == 65500 * 65500)
    #expect(decoder.error.available == 178_956_970)
    #expect(decoder.decode(resizedHeader(jpeg, 65535, 65535)) == nil)
    #expect(decoder.error.code == CIMG_UNSUPPORTED)
    #expect(decoder.decode(resizedHeader(jpeg, 0, 10)) == nil)
    #expect(decoder.error.code == CIMG_CORRUPT)
    #expect(decoder.decode(resizedHeader(jpeg, 10, 0)) == nil)
    #expect(decoder.error.code == CIMG_UNSUPPORTED, "the lines' number comes in DNL")
    // Declares 13,000 lines, holds 16: never taken for a picture.
    #expect(decoder.decode(resizedHeader(jpeg, 16, 13000)) == nil)
    #expect(decoder.error.code == CIMG_CORRUPT)
    let progressive = JPEGFile(raster: Raster(16, 16, 3), progressive: true).bytes
    #expect(decoder.decode(resizedHeader(progressive, 13000, 13000)) == nil)
    #expect(decoder.error.code == CIMG_MEMORY)
    #expect(decoder.error.needed > 13000 * 13000 * 3 * 2)
  }

  @Test func aPNGsSizeIsLimitedByItsRowsMemory() {
    // A header alone: width 900,000, RGB and alpha of 16 bits.
    let head: [UInt8] = [
      0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52,
    ]
    func picture(_ width: UInt32, _ height: UInt32) -> [UInt8] {
      let sizes = [width, height].flatMap { value in
        (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * $0)) }
      }
      let fields = sizes + [16, 6, 0, 0, 0]
      var crc: UInt32 = 0xFFFF_FFFF
      func update(_ byte: UInt8) {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
      }
      for byte in head[12...] + fields { update(byte) }
      let sum = ~crc
      let check = (0..<4).map { UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * $0)) }
      // The beginning of an IDAT chunk, without which the header isn't complete.
      return head + fields + check + [0, 0, 0, 1, 0x49, 0x44, 0x41, 0x54, 0x78, 0, 0, 0, 0]
    }
    let decoder = Decoder(9, 11, decoderBytes: 200_000)
    #expect(decoder.decode(picture(900_000, 3)) == nil)
    #expect(decoder.error.code == CIMG_MEMORY)
    #expect(decoder.error.needed > 900_000 * 8 * 2)
    #expect(decoder.error.needed < 900_000 * 8 * 4)
    #expect(decoder.error.available == 200_000)
    #expect(decoder.decode(picture(1_000_000, 1_000_000)) == nil)
    #expect(decoder.error.code == CIMG_PIXELS)
    #expect(decoder.decode(picture(0x7FFF_FFFF, 0x7FFF_FFFF)) == nil)
    #expect(decoder.error.code == CIMG_CORRUPT)
  }

  @Test func moreThanHundredScansAreRefused() {
    let decoder = Decoder(9, 11)
    var picture = JPEGFile(raster: Raster(16, 16, 1), colors: TEST_GREY, singleBands: 1)
    #expect(decoder.decode(picture.bytes) != nil, "64 scans")
    picture.singleBands = 2
    #expect(decoder.decode(picture.bytes) == nil, "127 scans")
    #expect(decoder.error.code == CIMG_UNSUPPORTED)
  }

  @Test func repeatedScansAreDamage() {
    let file = JPEGFile(raster: Raster(16, 16, 1), colors: TEST_GREY, progressive: true).bytes
    let scans = (2..<file.count - 1).filter { file[$0] == 0xFF && file[$0 + 1] == 0xDA }
    let decoder = Decoder(9, 11)
    let twice = Array(file[..<scans[1]] + file[scans[0]..<scans[1]] + file[scans[1]...])
    #expect(decoder.decode(twice) == nil)
    #expect(decoder.error.code == CIMG_CORRUPT)
  }

  /// Compressed data behind the last row may be anything, as much as there is and a thousand times
  /// more when inflated: reading stops a few kilobytes behind it.
  @Test func dataBehindTheLastRowIsNotInflated() {
    let decoder = Decoder(9, 11)
    let rows = [UInt8](repeating: 0, count: 8 * 9)
    func picture(_ extra: Int) -> [UInt8] {
      // Deflated without compression; the last block and the checksum never come.
      var packed: [UInt8] = [0x78, 0x01] + storedBlock(rows)
      for _ in 0..<extra { packed += storedBlock([UInt8](repeating: 0, count: 50_000)) }
      return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        + pngChunk("IHDR", [0, 0, 0, 8, 0, 0, 0, 8, 8, 0, 0, 0, 0]) + pngChunk("IDAT", packed)
        + pngChunk("IEND", [])
    }
    #expect(decoder.decode(picture(40)) == nil)
    #expect(decoder.error.code == CIMG_CORRUPT)
    #expect(decoder.error.offset < 30_000)
  }
}
