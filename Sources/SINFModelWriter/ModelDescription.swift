import SINFModel

/// Everything that goes into a model file, in ordinary Swift values. The compiler fills it;
/// `ModelWriter` lays it out. What each number means to the runtime is in docs/numerics.md, how it
/// is stored in docs/format.md.
public struct ModelDescription: Sendable {
  public var preprocessing: Preprocessing
  /// Class names; the index is the class.
  public var labels: [String]
  /// Empty for a plain network, which then has only a `.whole` program.
  public var clusters: [ClusterDescription]
  public var route: RouteDescription?
  public var tensors: [TensorDescription]
  public var programs: [ProgramDescription]
  /// Bytes that all tensors and scratch share; the arena's planned size.
  public var arenaBytes: Int
  public var metadata: ModelMetadata
  /// The probability from which an answer is sure, unless whoever runs the model asks for another; in
  /// 0 ... 1, 0 for none.
  public var minimumShare: Float

  public init(
    preprocessing: Preprocessing, labels: [String], clusters: [ClusterDescription] = [],
    route: RouteDescription? = nil, tensors: [TensorDescription], programs: [ProgramDescription],
    arenaBytes: Int, metadata: ModelMetadata, minimumShare: Float = 0
  ) {
    self.preprocessing = preprocessing
    self.labels = labels
    self.clusters = clusters
    self.route = route
    self.tensors = tensors
    self.programs = programs
    self.arenaBytes = arenaBytes
    self.metadata = metadata
    self.minimumShare = minimumShare
  }
}

/// One semantic cluster.
public struct ClusterDescription: Sendable {
  public var name: String
  /// The classes that belong to the cluster, ascending.
  public var members: [Int]
  /// The class of each logit of the cluster's program: members and perhaps classes that the route
  /// predictor often sends here.
  public var rows: [Int]

  public init(name: String, members: [Int], rows: [Int]) {
    self.name = name
    self.members = members
    self.rows = rows
  }
}

/// How the route predictor's scores, one a class, become a decision: a cluster's probability is the
/// sum over its members of the softmax of scores times `inverseTemperature`; the best cluster is
/// trusted when its probability is at least `threshold`. The scores times `scoreWeight` are added to
/// the logits of the subgraph or of the fallback.
public struct RouteDescription: Sendable {
  /// At least 0. Zero trusts always; above one never.
  public var threshold: Float
  public var inverseTemperature: Float
  /// At least 0. Zero leaves the logits alone.
  public var scoreWeight: Float
  /// How far the probabilities of the first two classes differ where the predictor's answer stands,
  /// in 0 ... 1. Zero never stops.
  public var stopMargin: Float

  public init(
    threshold: Float, inverseTemperature: Float = 1, scoreWeight: Float = 0, stopMargin: Float = 0
  ) {
    self.stopMargin = stopMargin
    self.threshold = threshold
    self.inverseTemperature = inverseTemperature
    self.scoreWeight = scoreWeight
  }
}

/// A tensor in the arena, NHWC, one image: element (y, x, c) is at
/// `arenaOffset + (y * width + x) * pixelStride + c * size(of: element)`.
public struct TensorDescription: Sendable {
  public var element: ElementType
  public var height: Int
  public var width: Int
  public var channels: Int
  /// Bytes from one pixel to the next: for uint8 at least `channels` rounded up to 4. A larger
  /// stride makes this a view of some channels of a wider tensor (concatenation, groups).
  public var pixelStride: Int
  /// Bytes from the arena's start; a multiple of 64, for a view of 4.
  public var arenaOffset: Int
  /// real = scale * (stored - zeroPoint). Float tensors: 1 and 0.
  public var scale: Float
  public var zeroPoint: UInt8

  public init(
    element: ElementType, height: Int, width: Int, channels: Int, pixelStride: Int,
    arenaOffset: Int, scale: Float, zeroPoint: UInt8
  ) {
    self.element = element
    self.height = height
    self.width = width
    self.channels = channels
    self.pixelStride = pixelStride
    self.arenaOffset = arenaOffset
    self.scale = scale
    self.zeroPoint = zeroPoint
  }
}

/// A straight run of operations: the common feature extractor, the route predictor, one cluster's
/// subgraph, or the whole network's rest (the fallback).
public struct ProgramDescription: Sendable {
  public var kind: ProgramKind
  /// Cluster index for `.subgraph`, otherwise 0.
  public var cluster: Int
  /// Index into `tensors`: the image for `.features`, the features otherwise. A plain network's
  /// `.whole` program reads the image.
  public var input: Int
  /// Index into `tensors`: a float32 vector of logits, except for `.features`.
  public var output: Int
  public var operations: [OperationDescription]
  public var multiplyAccumulates: Int

  public init(
    kind: ProgramKind, cluster: Int = 0, input: Int, output: Int,
    operations: [OperationDescription], multiplyAccumulates: Int
  ) {
    self.kind = kind
    self.cluster = cluster
    self.input = input
    self.output = output
    self.operations = operations
    self.multiplyAccumulates = multiplyAccumulates
  }
}

/// What the file says about how it was made and how well it does; informative, never executed.
public struct ModelMetadata: Sendable {
  public var compilerVersion: String
  /// SHA-256 over the compiler's inputs (network, data, options), 32 bytes.
  public var inputDigest: [UInt8]
  public var networkName: String
  public var seed: UInt64
  /// Multiply-accumulates per image of the base network, and the routed mean on test images.
  public var baseMultiplyAccumulates: UInt64
  public var routedMultiplyAccumulates: UInt64
  /// Shares in 0 ... 1 measured with this runtime on the test part; negative when not measured.
  public var baseFloatAccuracy: Float
  public var baseAccuracy: Float
  public var routedAccuracy: Float
  public var routeAccuracy: Float
  public var fallbackShare: Float
  /// Images of the test part.
  public var testImages: UInt32

  public init(
    compilerVersion: String, inputDigest: [UInt8], networkName: String, seed: UInt64,
    baseMultiplyAccumulates: UInt64, routedMultiplyAccumulates: UInt64,
    baseFloatAccuracy: Float = -1, baseAccuracy: Float = -1, routedAccuracy: Float = -1,
    routeAccuracy: Float = -1, fallbackShare: Float = -1, testImages: UInt32 = 0
  ) {
    self.compilerVersion = compilerVersion
    self.inputDigest = inputDigest
    self.networkName = networkName
    self.seed = seed
    self.baseMultiplyAccumulates = baseMultiplyAccumulates
    self.routedMultiplyAccumulates = routedMultiplyAccumulates
    self.baseFloatAccuracy = baseFloatAccuracy
    self.baseAccuracy = baseAccuracy
    self.routedAccuracy = routedAccuracy
    self.routeAccuracy = routeAccuracy
    self.fallbackShare = fallbackShare
    self.testImages = testImages
  }
}
