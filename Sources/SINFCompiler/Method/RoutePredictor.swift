import SINFGraph

/// The semantic route predictor (SRP): features at the split, average-pooled to p x p, through a
/// softmax classifier to one score a cluster.
public struct RoutePredictor: Sendable {
  public var pooledSide: Int
  public var classifier: SoftmaxClassifier

  /// Fits a predictor on the features of some images.
  ///
  /// `pooled` are features as `pool(_:side:)` gives them, `clusters` the cluster of each image.
  public static func fit(
    pooled: Tensor, side: Int, clusters: [Int], count: Int, settings: SoftmaxClassifier.Settings,
    generator: inout SeededGenerator, progress: (Double) -> Void = { _ in }
  ) -> RoutePredictor {
    RoutePredictor(
      pooledSide: side,
      classifier: .fit(
        pooled.storage, labels: clusters, classes: count, settings: settings,
        generator: &generator, progress: progress))
  }

  /// Window of the pooling that gives side x side means of a map: adjacent windows where the
  /// sides divide, overlapping ones otherwise.
  public static func window(of shape: Shape, side: Int) -> Pooling {
    let rows = min(side, shape.height), columns = min(side, shape.width)
    let strideHeight = shape.height / rows, strideWidth = shape.width / columns
    return Pooling(
      kernelHeight: shape.height - (rows - 1) * strideHeight,
      kernelWidth: shape.width - (columns - 1) * strideWidth,
      strideHeight: strideHeight, strideWidth: strideWidth)
  }

  /// The predictor as a graph that reads features of `shape`: pooling, then one convolution over
  /// the whole pooled map a layer.
  public func graph(reading shape: Shape) -> Graph {
    let pooling = Self.window(of: shape, side: pooledSide)
    let rows = min(pooledSide, shape.height), columns = min(pooledSide, shape.width)
    var values = [
      Value(name: "features", shape: shape),
      Value(
        name: "route.pooled",
        shape: Shape(height: rows, width: columns, channels: shape.channels)),
    ]
    var nodes = [
      Node(
        name: "route.pool", operation: .averagePool(pooling), inputs: [ValueID(0)],
        output: ValueID(1))
    ]
    for (index, layer) in classifier.layers.enumerated() {
      let isLast = index + 1 == classifier.layers.count
      let input = values[values.count - 1].shape
      let conv = Convolution(
        inputChannels: input.channels, outputChannels: layer.outputs, kernelHeight: input.height,
        kernelWidth: input.width, weights: layer.weights, bias: layer.bias,
        activation: isLast ? .none : .relu)
      let name = isLast ? "route.scores" : "route.hidden"
      values.append(
        Value(name: name, shape: Shape(height: 1, width: 1, channels: layer.outputs)))
      nodes.append(
        Node(
          name: name, operation: .convolution(conv), inputs: [ValueID(values.count - 2)],
          output: ValueID(values.count - 1)))
    }
    return Graph(
      values: values, nodes: nodes, input: ValueID(0), output: ValueID(values.count - 1))
  }

  /// Means of a feature map as the predictor's graph computes them, flattened
  /// [row][column][channel] as the classifier reads them.
  public static func pool(_ features: Tensor, side: Int) throws -> Tensor {
    let shape = features.shape
    let rows = min(side, shape.height), columns = min(side, shape.width)
    let pooled = Shape(height: rows, width: columns, channels: shape.channels)
    let graph = Graph(
      values: [Value(name: "features", shape: shape), Value(name: "pooled", shape: pooled)],
      nodes: [
        Node(
          name: "pool", operation: .averagePool(window(of: shape, side: side)),
          inputs: [ValueID(0)], output: ValueID(1))
      ], input: ValueID(0), output: ValueID(1))
    return try FloatExecutor(graph).run(features)[ValueID(1)]!
  }
}
