import Testing

@testable import SINFModel

/// The small pieces that validation is made of.
@Suite struct CheckTests {
  func firstBad(_ bytes: [UInt8]) -> Int? {
    bytes.withUnsafeBufferPointer { firstBadByte(ofText: $0) }
  }

  /// Agrees with the standard library on every sequence of up to three bytes that begins with a
  /// byte above ASCII, but for the control characters U+0080 ... U+009F.
  @Test func textIsJudgedAsTheStandardLibraryDoes() {
    let interesting: [UInt8] = [0x20, 0x7E, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF]
    for lead in UInt8(0x80)...0xFF {
      for second in interesting {
        for third in interesting {
          for fourth in interesting where fourth != 0x7F && third != 0x7F && second != 0x7F {
            let bytes = [lead, second, third, fourth]
            let isControl = lead == 0xC2 && (0x80...0x9F).contains(second)
            let isValid = String(validating: bytes, as: UTF8.self) != nil
            #expect((firstBad(bytes) == nil) == (isValid && !isControl), "\(bytes)")
          }
        }
      }
    }
  }

  @Test func controlCharactersAreFound() {
    for byte in UInt8(0)..<0x20 { #expect(firstBad([0x41, byte]) == 1) }
    #expect(firstBad([0x41, 0x42, 0x7F]) == 2)
    #expect(firstBad(Array("Grün, 鹿, 🦌".utf8)) == nil)
    #expect(firstBad([]) == nil)
    #expect(firstBad(Array("鹿".utf8.dropLast())) == 0)
  }

  @Test func intervalsJoin() {
    var intervals = Intervals()
    var fits = intervals.add(8, 12)
    fits = intervals.add(0, 4) && fits
    #expect(fits)
    #expect(intervals.firstGap == 4)
    #expect(!intervals.contains(0, 12))
    fits = intervals.add(4, 8)
    #expect(fits)
    #expect(intervals.contains(0, 12))
    #expect(intervals.firstGap == 12)
    #expect(intervals.contains(5, 5))
  }

  @Test func intervalsHaveAnEnd() {
    var intervals = Intervals()
    let fits = (0..<Intervals.capacity).map { intervals.add(Int64($0) * 8, Int64($0) * 8 + 4) }
    #expect(!fits.contains(false))
    let oneMore = intervals.add(10_000, 10_004)
    #expect(!oneMore)
    // Two become one: there is room again.
    let joined = intervals.add(4, 8)
    let fitsNow = intervals.add(10_000, 10_004)
    #expect(joined && fitsNow)
    #expect(intervals.contains(0, 12))
  }

  /// Against a set of bytes, for all small arrangements of two tensors: never disjoint when they
  /// share a byte.
  @Test func regionsThatShareBytesAreNeverDisjoint() {
    func tensor(_ offset: Int, _ width: Int, _ channels: Int, _ stride: Int) -> TensorView {
      TensorView(
        element: .uint8, height: 1, width: width, channels: channels, pixelStride: stride,
        arenaOffset: offset, scale: 1, zeroPoint: 0)
    }
    func bytes(_ tensor: TensorView) -> Set<Int> {
      var set = Set<Int>()
      for pixel in 0..<tensor.width {
        for channel in 0..<tensor.channels {
          set.insert(tensor.arenaOffset + pixel * tensor.pixelStride + channel)
        }
      }
      return set
    }
    var disjoint = 0
    for (strideA, strideB) in [(8, 8), (8, 4), (12, 12)] {
      for widthB in [1, 2, 3] {
        for channelsA in [1, 3, 4] {
          for channelsB in [2, 4] {
            for offset in 0..<40 {
              let a = tensor(12, 2, channelsA, strideA)
              let b = tensor(offset, widthB, channelsB, strideB)
              let says = Region(reading: a).isDisjoint(from: Region(reading: b))
              let turned = Region(reading: b).isDisjoint(from: Region(reading: a))
              #expect(says == turned)
              if says {
                disjoint += 1
                #expect(bytes(a).isDisjoint(with: bytes(b)))
              }
            }
          }
        }
      }
    }
    #expect(disjoint > 1000)
    // Slices of one tensor are recognised.
    #expect(
      Region(reading: tensor(0, 4, 4, 8)).isDisjoint(from: Region(reading: tensor(4, 4, 4, 8))))
  }
}
