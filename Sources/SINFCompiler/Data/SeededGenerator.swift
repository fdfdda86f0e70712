import Foundation

/// A deterministic source of random numbers: xoshiro256** whose state SplitMix64 fills from one
/// seed (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021). The same
/// seed gives the same numbers on every machine and in every release.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var s0: UInt64
  private var s1: UInt64
  private var s2: UInt64
  private var s3: UInt64

  public init(seed: UInt64) {
    var state = seed
    func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
    s0 = next()
    s1 = next()
    s2 = next()
    s3 = next()
  }

  /// A generator for one named purpose, independent of those for other purposes under one seed.
  public init(seed: UInt64, purpose: String) {
    // FNV-1a: Swift's own hash differs from run to run.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in purpose.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    self.init(seed: seed ^ hash)
  }

  public mutating func next() -> UInt64 {
    let product = s1 &* 5
    let result = ((product << 7) | (product >> 57)) &* 9
    let t = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = (s3 << 45) | (s3 >> 19)
    return result
  }

  /// Uniform in 0 ..< bound, without bias: Lemire's multiplication with rejection. Our own, so
  /// that it doesn't depend on how the standard library draws.
  public mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0, "nothing is below \(bound)")
    let range = UInt64(bound)
    var product = next().multipliedFullWidth(by: range)
    if product.low < range {
      let threshold = (0 &- range) % range
      while product.low < threshold { product = next().multipliedFullWidth(by: range) }
    }
    return Int(product.high)
  }

  /// Uniform in 0 ..< 1 with 24 random bits.
  public mutating func unitFloat() -> Float { Float(next() >> 40) * 0x1p-24 }

  /// Standard normal: Box and Muller's transform, one value of each pair.
  public mutating func normal() -> Float {
    let u = Double(next() >> 11) * 0x1p-53
    let v = Double(next() >> 11) * 0x1p-53
    return Float(boxMuller(1 - u, v))
  }

  /// `items` in random order: Fisher and Yates.
  public mutating func shuffled<T>(_ items: [T]) -> [T] {
    var result = items
    for i in stride(from: result.count - 1, to: 0, by: -1) { result.swapAt(i, below(i + 1)) }
    return result
  }
}

private func boxMuller(_ u: Double, _ v: Double) -> Double {
  (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
}
