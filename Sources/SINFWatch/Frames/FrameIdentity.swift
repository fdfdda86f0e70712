import SINFSystem

/// Which frame a file is: its path below the watched folder, inode, size and time of modification, as
/// one number. A file that is replaced, rewritten or renamed is another frame.
///
/// A hash of 60 bits above four zeros, never zero as a whole. Two of 65,536 frames have the same number
/// with a probability below 10^-8. Identities were 61 bits once: the lowest of them is left out.
public struct FrameIdentity: Equatable, Sendable {
  public let number: UInt64

  public init(number: UInt64) {
    let hash = number & ~15
    self.number = hash == 0 ? 16 : hash
  }

  public init(path: UnsafePointer<CChar>, _ status: FileStatus) {
    var mixer = Mixer()
    var index = 0
    while path[index] != 0 {
      mixer.add(UInt64(UInt8(bitPattern: path[index])))
      index += 1
    }
    mixer.add(0x100)
    mixer.add(status.inode)
    mixer.add(status.bytes)
    mixer.add(UInt64(bitPattern: status.modifiedNanoseconds))
    self.init(number: mixer.value)
  }

  /// Each word is folded in by the finaliser of SplitMix64 (Steele, Lea, Flood 2014), of which every
  /// bit of the result depends on every bit before.
  private struct Mixer {
    private(set) var value: UInt64 = 0

    mutating func add(_ word: UInt64) {
      var z = (value ^ word) &+ 0x9E37_79B9_7F4A_7C15
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      value = z ^ (z >> 31)
    }
  }
}
