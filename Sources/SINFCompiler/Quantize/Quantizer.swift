import SINFGraph
import SINFModelWriter

/// Turns a network's parts into integers: activations in 8 bits with one scale and zero point a
/// tensor, weights in 8 bits with one scale an output channel, biases in 32 (docs/numerics.md).
///
/// The parts that read the features get them as the quantised feature extractor gives them, so
/// that all agree on scale and zero point. Deterministic.
public struct Quantizer: Sendable {
  public var normalization: InputNormalization
  public var options: QuantizationOptions

  public init(normalization: InputNormalization, options: QuantizationOptions = .init()) {
    self.normalization = normalization
    self.options = options
  }

  /// `parts` in integers, calibrated on `calibration`.
  ///
  /// - Parameter progress: called with the parts done and all parts.
  /// - Throws: `LoweringError` where a part can't be expressed for the runtime, or the calibration
  ///   images don't fit; `ExecutionError` for a malformed graph.
  public func quantize(
    _ parts: NetworkParts, on calibration: Calibration, progress: ((Int, Int) -> Void)? = nil
  ) throws -> QuantizedParts {
    let first = parts.features ?? parts.whole
    let shape = first[first.input].shape
    guard shape.channels == normalization.channels else {
      throw LoweringError(
        "the network takes \(shape.channels) channels, the normalisation has"
          + " \(normalization.channels)")
    }
    guard calibration.bytes.count == calibration.count * shape.count else {
      throw LoweringError(
        "the network takes images of \(shape), \(calibration.count) calibration images have"
          + " \(calibration.bytes.count) bytes")
    }
    guard calibration.routed.count == parts.subgraphs.count else {
      throw LoweringError(
        "\(parts.subgraphs.count) subgraphs need as many lists of calibration images, got"
          + " \(calibration.routed.count)")
    }
    let images = Tensor(
      count: calibration.count, shape: shape, storage: normalization.apply(calibration.bytes))
    let total = parts.all.count
    var done = 0
    func finished<T>(_ result: T) -> T {
      done += 1
      progress?(done, total)
      return result
    }

    guard let features = parts.features, let route = parts.route else {
      let whole = try part(parts.whole, .whole, float: images, stored: nil).graph
      return QuantizedParts(features: nil, route: nil, subgraphs: [], whole: finished(whole))
    }
    let common = finished(try part(features, .features, float: images, stored: nil))
    let floats = try FloatExecutor(features).run(images)[features.output]!
    func tail(
      _ graph: Graph, _ name: NetworkParts.Part, _ indices: [Int]? = nil
    ) throws -> QuantizedGraph {
      finished(
        try part(
          graph, name, float: indices.map { floats.images(at: $0) } ?? floats,
          stored: indices.map { common.output!.images(at: $0) } ?? common.output!
        ).graph)
    }
    let quantizedRoute = try tail(route, .route)
    var subgraphs: [QuantizedGraph] = []
    for (cluster, graph) in parts.subgraphs.enumerated() {
      let indices = calibration.routed[cluster]
      guard !indices.isEmpty else {
        throw LoweringError("no calibration image is routed to subgraph \(cluster)")
      }
      subgraphs.append(try tail(graph, .subgraph(cluster), indices))
    }
    return QuantizedParts(
      features: common.graph, route: quantizedRoute, subgraphs: subgraphs,
      whole: try tail(parts.whole, .whole))
  }

  /// One part. `stored` are the quantised features, nil for a part that reads the image.
  private func part(
    _ original: Graph, _ name: NetworkParts.Part, float: Tensor, stored: QuantizedTensor?
  ) throws -> (graph: QuantizedGraph, output: QuantizedTensor?) {
    let makesLogits = name != .features
    let graph = try GraphPreparation(
      part: name, readsImage: stored == nil, makesLogits: makesLogits
    ).prepare(original)
    guard graph[graph.input].shape == float.shape else {
      throw LoweringError(
        "\(name) reads \(graph[graph.input].shape), its input has the shape \(float.shape)")
    }
    let statistics = try ActivationStatistics.collect(graph, input: float)
    let parameters = SharedParameters(graph, fixed: stored == nil ? nil : graph.input)
      .parameters(
        graph, statistics: statistics, method: options.rangeMethod,
        fixed: stored.map { (graph.input, $0.parameters) }, readsImage: stored == nil,
        makesLogits: makesLogits)
    let pass = QuantizedPass(
      graph: graph, parameters: parameters, statistics: statistics,
      input: stored.map { .features($0) } ?? .image(float, normalization), float: float,
      options: options)
    let result = try pass.run()
    return (
      QuantizedGraph(
        graph: graph, parameters: parameters, convolutions: result.convolutions,
        readsImage: stored == nil, errors: result.errors), result.output
    )
  }
}
