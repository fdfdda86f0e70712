import Glibc
import SINFModel
import SINFModelWriter

/// A routed model whose answers can be worked out by hand: 2 x 2 pixels in red, green, blue; the
/// features are the image itself; three clusters, one a colour, scored by the colour's mean; six
/// classes. Every logit is a weighted sum of all bytes of the image.
struct ColorModel {
  static let side = 2
  static let classCount = 6
  static let members = [[0, 3], [1, 4], [2, 5]]
  /// Not ascending, and with a class of another cluster in the second.
  static let rows = [[3, 0], [4, 1, 2], [2, 5]]
  /// Weight of a row's sum by class: what a logit counts. Classes 2 and 5 always tie.
  static let classWeights: [[Int8]] = [
    [3, 1, 1], [1, 3, 1], [1, 1, 3], [2, 2, -1], [-1, 2, 2], [1, 1, 3],
  ]
  static let logitScale: Float = 1 / 1024
  static let routeScale: Float = 1 / 256
  /// A class is scored by its cluster's colour.
  static let routeWeights: [[Int8]] = [
    [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1],
  ]

  var threshold: Float = 0.5
  var inverseTemperature: Float = 2
  var scoreWeight: Float = 0
  var stopMargin: Float = 0
  var hasWhole = true
  var isPlain = false

  enum Tensor {
    static let image = 0
    static let features = 1
    static let route = 2
    static let firstSubgraph = 3
    static let whole = 6
  }

  static func logits(_ count: Int, at offset: Int) -> TensorDescription {
    TensorDescription(
      element: .float32, height: 1, width: 1, channels: count, pixelStride: 4 * count,
      arenaOffset: offset, scale: 1, zeroPoint: 0)
  }

  static let tensors: [TensorDescription] =
    [0, 64].map {
      TensorDescription(
        element: .uint8, height: side, width: side, channels: 3, pixelStride: 4, arenaOffset: $0,
        scale: 1, zeroPoint: 0)
    } + [logits(classCount, at: 128)] + rows.map { logits($0.count, at: 192) }
    + [logits(classCount, at: 192)]

  /// One logit per list of three colour weights, summed over the whole image.
  private static func scores(
    _ weights: [[Int8]], scale: Float, input: Int, output: Int
  ) -> OperationDescription {
    .convolution(
      QuantizedConvolution(
        window: Window(kernelHeight: side, kernelWidth: side),
        weights: weights.flatMap { row in (0..<side * side).flatMap { _ in row } },
        bias: weights.map { _ in 0 }, multipliers: weights.map { _ in scale },
        padValues: [0, 0, 0, 0], low: 0, high: 255), input: input, output: output)
  }

  private static var identity: OperationDescription {
    .convolution(
      QuantizedConvolution(
        window: Window(kernelHeight: 1, kernelWidth: 1), weights: [1, 0, 0, 0, 1, 0, 0, 0, 1],
        bias: [0, 0, 0], multipliers: [1, 1, 1], padValues: [0, 0, 0, 0], low: 0, high: 255),
      input: Tensor.image, output: Tensor.features)
  }

  private var programs: [ProgramDescription] {
    func program(
      _ kind: ProgramKind, _ cluster: Int = 0, _ input: Int, _ output: Int,
      _ operation: OperationDescription
    ) -> ProgramDescription {
      ProgramDescription(
        kind: kind, cluster: cluster, input: input, output: output, operations: [operation],
        tensors: tensors)
    }
    let source = isPlain ? Tensor.image : Tensor.features
    let whole = program(
      .whole, 0, source, tensors.count - 1,
      Self.scores(
        Self.classWeights, scale: Self.logitScale, input: source, output: tensors.count - 1))
    if isPlain { return [whole] }
    let parts =
      [
        program(.features, 0, Tensor.image, Tensor.features, Self.identity),
        program(
          .route, 0, source, Tensor.route,
          Self.scores(
            Self.routeWeights, scale: Self.routeScale, input: source, output: Tensor.route)),
      ]
      + Self.rows.enumerated().map { cluster, rows in
        program(
          .subgraph, cluster, source, Tensor.firstSubgraph + cluster,
          Self.scores(
            rows.map { Self.classWeights[$0] }, scale: Self.logitScale, input: source,
            output: Tensor.firstSubgraph + cluster))
      }
    return hasWhole ? parts + [whole] : parts
  }

  private var tensors: [TensorDescription] {
    if isPlain { return [Self.tensors[Tensor.image], Self.logits(Self.classCount, at: 64)] }
    return hasWhole ? Self.tensors : Self.tensors.dropLast()
  }

  var description: ModelDescription {
    ModelDescription(
      preprocessing: Preprocessing(width: 2, height: 2, channels: 3, colorOrder: .rgb),
      labels: (0..<Self.classCount).map { "class \($0)" },
      clusters: isPlain
        ? []
        : zip(["red", "green", "blue"], zip(Self.members, Self.rows)).map {
          ClusterDescription(name: $0, members: $1.0, rows: $1.1)
        },
      route: isPlain
        ? nil
        : RouteDescription(
          threshold: threshold, inverseTemperature: inverseTemperature, scoreWeight: scoreWeight,
          stopMargin: stopMargin),
      tensors: tensors, programs: programs, arenaBytes: isPlain ? 88 : 216,
      metadata: ModelMetadata(
        compilerVersion: "test", inputDigest: Array(repeating: 0, count: 32),
        networkName: "colors", seed: 0, baseMultiplyAccumulates: 0, routedMultiplyAccumulates: 0))
  }

  // What the answers must be.

  static func logits(of classes: [Int], _ picture: Picture) -> [Float] {
    classes.map { index in
      let sum = zip(classWeights[index], picture.colorSums).reduce(0) { $0 + Int($1.0) * $1.1 }
      return Float(sum) * logitScale
    }
  }

  /// Probabilities of the clusters.
  func route(_ picture: Picture) -> [Double] {
    softmax(
      picture.colorSums.map { Double($0) * Double(Self.routeScale) * Double(inverseTemperature) })
  }
}

/// Four pixels of three bytes.
struct Picture {
  var bytes: [UInt8]

  /// All pixels of one colour.
  init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    bytes = (0..<4).flatMap { _ in [red, green, blue] }
  }

  init(bytes: [UInt8]) { self.bytes = bytes }

  var colorSums: [Int] {
    (0..<3).map { color in (0..<4).reduce(0) { $0 + Int(bytes[$1 * 3 + color]) } }
  }
}

func softmax(_ x: [Double]) -> [Double] {
  let powers = x.map { exp($0 - x.max()!) }
  return powers.map { $0 / powers.reduce(0, +) }
}
