import SINFGraph

/// The semantic route predictor (SRP): features at the split, average-pooled to p x p, through a
/// softmax classifier to one score a class. A cluster's probability is the sum of its members'.
///
/// Predicting classes rather than clusters costs a few more multiply-accumulates and gives three
/// things: one predictor serves every choice of clusters, its confusions are what clusters are
/// found from, and its scores can be added to those of the subgraph.
public struct RoutePredictor: Sendable {
  public var pooledSide: Int
  public var classifier: SoftmaxClassifier

  /// Fits a predictor on features as `pool(_:side:)` gives them; `labels` are the images' classes.
  public static func fit(
    pooled: Tensor, side: Int, labels: [Int], classes: Int, settings: SoftmaxClassifier.Settings,
    generator: inout SeededGenerator, progress: (Double) -> Void = { _ in }
  ) -> RoutePredictor {
    RoutePredictor(
      pooledSide: side,
      classifier: .fit(
        pooled.storage, labels: labels, classes: classes, settings: settings,
        generator: &generator, progress: progress))
  }

  /// Class scores (images x classes) of all images, each from a predictor that was fitted on the
  /// other half: what the predictor says of images that it has not seen.
  public static func outOfFoldScores(
    pooled: Tensor, side: Int, labels: [Int], classes: Int, settings: SoftmaxClassifier.Settings,
    generator: inout SeededGenerator, progress: (Double) -> Void = { _ in }
  ) -> [Float] {
    let order = generator.shuffled(Array(0..<pooled.count))
    let halves = [Array(order[..<(order.count / 2)]), Array(order[(order.count / 2)...])]
    var scores = [Float](repeating: 0, count: pooled.count * classes)
    for (fold, seen) in halves.enumerated() {
      let unseen = halves[1 - fold]
      let predictor = fit(
        pooled: pooled.images(at: seen), side: side, labels: seen.map { labels[$0] },
        classes: classes, settings: settings, generator: &generator
      ) { progress((Double(fold) + $0) / 2) }
      let given = predictor.classifier.logits(
        pooled.images(at: unseen).storage, rows: unseen.count)
      for (row, image) in unseen.enumerated() {
        for c in 0..<classes { scores[image * classes + c] = given[row * classes + c] }
      }
    }
    return scores
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
