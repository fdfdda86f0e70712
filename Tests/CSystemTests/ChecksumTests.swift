import CSystem
import Testing

@Suite struct ChecksumTests {
  /// Bit by bit, as IEEE 802.3 defines it.
  private func checksum(_ sum: UInt32, _ bytes: ArraySlice<UInt8>) -> UInt32 {
    var sum = ~sum
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
    return ~sum
  }

  @Test func knownAnswers() {
    let digits = Array("123456789".utf8)
    #expect(csys_crc32(0, digits, digits.count) == 0xCBF4_3926)
    #expect(csys_crc32(7, nil, 0) == 7)
    let zeros = [UInt8](repeating: 0, count: 1 << 16)
    #expect(csys_crc32(0, zeros, zeros.count) == 0xD797_8EEB)
  }

  /// All lengths around what instructions take at once, from all places, whatever went before.
  @Test func everyLengthAndPlaceFollowsTheDefinition() {
    var state: UInt64 = 3
    let bytes = (0..<1200).map { _ -> UInt8 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
    for count in Array(0...200) + [255, 256, 257, 511, 512, 640, 1000, 1111] {
      for start in [0, 1, 7, 64] {
        for before in [0, 0xFFFF_FFFF, UInt32(truncatingIfNeeded: state)] {
          let expected = checksum(before, bytes[start..<start + count])
          let found = bytes.withUnsafeBytes {
            csys_crc32(before, $0.baseAddress! + start, count)
          }
          #expect(found == expected, "\(count) bytes from \(start) after \(before)")
        }
      }
    }
  }
}
