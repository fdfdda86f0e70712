/// SplitMix64 (Steele, Lea, Flood 2014): the same shapes and values in every run.
struct Random: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// How a tensor or weight array is filled: extremes as well as noise.
enum Filling: CaseIterable {
  case random, allLow, allHigh, alternating

  func byte(_ index: Int, _ random: inout Random) -> UInt8 {
    switch self {
    case .random: .random(in: 0...255, using: &random)
    case .allLow: 0
    case .allHigh: 255
    case .alternating: index % 2 == 0 ? 0 : 255
    }
  }

  func weight(_ index: Int, _ random: inout Random) -> Int8 {
    switch self {
    case .random: .random(in: -127...127, using: &random)
    case .allLow: -127
    case .allHigh: 127
    case .alternating: index % 2 == 0 ? -127 : 127
    }
  }
}
