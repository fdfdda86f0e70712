import Foundation

/// Pictures made here, so that the tests need no files and no library.
enum Picture {
  /// An 8-bit RGB PNG whose pixels are a simple pattern, deflated without compression.
  static func png(width: Int = 8, height: Int = 8, seed: Int = 0) -> Data {
    var rows: [UInt8] = []
    for y in 0..<height {
      rows.append(0)
      for x in 0..<width {
        rows += [
          UInt8((x * 37 + seed) & 255), UInt8((y * 59 + seed * 3) & 255),
          UInt8((x * y + seed * 7) & 255),
        ]
      }
    }
    precondition(rows.count < 65_536, "one stored block")
    var zlib: [UInt8] = [0x78, 0x01, 0x01]
    zlib += [UInt8(rows.count & 255), UInt8(rows.count >> 8)]
    zlib += [UInt8(~rows.count & 255), UInt8(~rows.count >> 8 & 255)]
    zlib += rows
    zlib += bytes(adler(rows))
    let header = bytes(UInt32(width)) + bytes(UInt32(height)) + [8, 2, 0, 0, 0]
    return Data(
      signature + chunk("IHDR", header) + chunk("IDAT", zlib) + chunk("IEND", []))
  }

  /// A PNG of 8 x 8 grey pixels whose deflated data goes on with `behindLastRow` zeros.
  static func png(behindLastRow count: Int) -> Data {
    var zlib: [UInt8] = [0x78, 0x01]
    for bytes in [72] + Array(repeating: 32_768, count: count / 32_768) {
      zlib += [0, UInt8(bytes & 255), UInt8(bytes >> 8)]
      zlib += [UInt8(~bytes & 255), UInt8(~bytes >> 8 & 255)]
      zlib += [UInt8](repeating: 0, count: bytes)
    }
    let header = bytes(8) + bytes(8) + [8, 0, 0, 0, 0]
    return Data(signature + chunk("IHDR", header) + chunk("IDAT", zlib) + chunk("IEND", []))
  }

  /// A PNG that says how large it is and has nothing to show for it.
  static func header(width: Int, height: Int, type: UInt8 = 0, depth: UInt8 = 8) -> Data {
    let header = bytes(UInt32(width)) + bytes(UInt32(height)) + [depth, type, 0, 0, 0]
    return Data(
      signature + chunk("IHDR", header) + chunk("IDAT", [0x78, 0x01]) + chunk("IEND", []))
  }

  private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  private static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + content
    return bytes(UInt32(content.count)) + body + bytes(crc(body))
  }

  private static func bytes(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  /// CRC-32, as PNG and models have it.
  static func crc(_ bytes: [UInt8]) -> UInt32 {
    var sum = UInt32.max
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0xEDB8_8320 }
    }
    return ~sum
  }

  private static func adler(_ bytes: [UInt8]) -> UInt32 {
    var a: UInt32 = 1
    var b: UInt32 = 0
    for byte in bytes {
      a = (a + UInt32(byte)) % 65_521
      b = (b + a) % 65_521
    }
    return b << 16 | a
  }
}
