/// How often the values of a tensor fall where: bins of equal width around zero that double their
/// width as often as the values ask for it. Zero has its own count, since what a ReLU cut off is
/// stored without any error.
struct Histogram: Sendable {
  /// Bins on each side of zero. Even after a doubling at least 16 lie in one step of 256.
  static let side = 8192

  private(set) var zeros = 0
  private(set) var minimum: Float = 0
  private(set) var maximum: Float = 0
  /// Width of a bin; 0 before the first value other than zero.
  private(set) var width: Float = 0
  /// Counts of -side * width ..< side * width.
  private(set) var bins = [Int](repeating: 0, count: 2 * side)

  var isEmpty: Bool { zeros == 0 && width == 0 }
  var count: Int { bins.reduce(zeros, +) }

  mutating func add(_ values: [Float]) {
    var (low, high) = (Float(0), Float(0))
    for value in values {
      low = min(low, value)
      high = max(high, value)
    }
    let bound = max(-low, high)
    if bound > 0 { cover(bound) }
    minimum = min(minimum, low)
    maximum = max(maximum, high)
    guard width > 0 else {
      zeros += values.count
      return
    }
    let perUnit = 1 / width
    let middle = Float(Self.side)
    var zeroCount = 0
    bins.withUnsafeMutableBufferPointer { bins in
      for value in values {
        if value == 0 {
          zeroCount &+= 1
        } else {
          let bin = Int((value * perUnit + middle).rounded(.down))
          bins[min(max(bin, 0), 2 &* Self.side &- 1)] &+= 1
        }
      }
    }
    zeros += zeroCount
  }

  mutating func merge(_ other: Histogram) {
    zeros += other.zeros
    minimum = min(minimum, other.minimum)
    maximum = max(maximum, other.maximum)
    guard other.width > 0 else { return }
    cover(max(-other.minimum, other.maximum))
    var coarser = other
    while coarser.width < width { coarser.double() }
    while width < coarser.width { double() }
    for i in bins.indices { bins[i] += coarser.bins[i] }
  }

  /// Makes `bound` fall into the bins. Widths are powers of two, so that any two histograms can
  /// be merged by doubling.
  private mutating func cover(_ bound: Float) {
    if width == 0 {
      width = 0x1p-100
      while width * Float(Self.side) <= bound { width *= 2 }
      return
    }
    while width * Float(Self.side) <= bound { double() }
  }

  private mutating func double() {
    var wider = [Int](repeating: 0, count: 2 * Self.side)
    for i in bins.indices where bins[i] != 0 {
      // Bin i begins at i - side; halving rounds down on both sides of zero.
      wider[((i - Self.side) >> 1) + Self.side] += bins[i]
    }
    bins = wider
    width *= 2
  }

  /// The filled bins as (middle, count), from the lowest.
  var filled: [(middle: Float, count: Int)] {
    bins.indices.compactMap { i in
      bins[i] == 0 ? nil : ((Float(i - Self.side) + 0.5) * width, bins[i])
    }
  }
}
