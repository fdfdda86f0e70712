/// How a network is quantised. The defaults are what keeps most of a network's accuracy.
public struct QuantizationOptions: Sendable, Hashable {
  /// How the ranges of activations are found.
  public var rangeMethod: RangeMethod
  /// Whether each layer's bias makes up for the mean error of its output on calibration images.
  public var correctsBias: Bool
  /// Whether weights may saturate where that makes the error of a layer's output smaller. Takes
  /// longer, and gained nothing on a trained VGG16.
  public var searchesWeightScales: Bool
  /// Whether neighbouring weights are kept so small that the products of a pair fit 16-bit sums
  /// (`Packing.pairFits`), which halves the multiplications on x86 without VNNI.
  public var boundsWeightPairs: Bool

  public init(
    rangeMethod: RangeMethod = .leastError(power: 2), correctsBias: Bool = true,
    searchesWeightScales: Bool = false, boundsWeightPairs: Bool = true
  ) {
    self.rangeMethod = rangeMethod
    self.correctsBias = correctsBias
    self.searchesWeightScales = searchesWeightScales
    self.boundsWeightPairs = boundsWeightPairs
  }
}

/// The images that calibration looks at. A few hundred do; none of them may report accuracy.
public struct Calibration: Sendable {
  /// Images as the network's input bytes, HWC, one after the other.
  public var bytes: [UInt8]
  public var count: Int
  /// Positions (0 ..< count) of the images that each cluster's subgraph is calibrated on: those
  /// that are routed to it.
  public var routed: [[Int]]

  public init(bytes: [UInt8], count: Int, routed: [[Int]] = []) {
    precondition(count > 0 && bytes.count % count == 0)
    self.bytes = bytes
    self.count = count
    self.routed = routed
  }

  /// The images `indices` of a data set.
  public init(_ images: LabelledImages, indices: [Int], routed: [[Int]] = []) {
    self.init(bytes: images.bytes(of: indices), count: indices.count, routed: routed)
  }
}
