import SINFGraph
import SINFModel

/// The trained network with everything that is needed to show it images.
public struct BaseNetwork: Sendable {
  public var name: String
  public var graph: Graph
  public var preprocessing: Preprocessing
  public var normalization: InputNormalization

  public init(
    name: String, graph: Graph, preprocessing: Preprocessing, normalization: InputNormalization
  ) {
    self.name = name
    self.graph = graph
    self.preprocessing = preprocessing
    self.normalization = normalization
  }

  /// Throws `LoweringError` unless the network takes `images` and has an output for each class.
  func checkTakes(_ images: LabelledImages) throws {
    let outputs = graph[graph.output].shape
    guard outputs.pixels == 1, outputs.channels == images.classCount else {
      throw LoweringError(
        "the network's output is \(outputs), the images have \(images.classCount) classes"
          + (outputs.pixels == 1 && images.classCount < outputs.channels
            ? ": give --classes a file with the names of all outputs, or with lines "
              + "'folder = number', numbers of outputs from 0" : ""))
    }
    let input = graph[graph.input].shape
    guard
      input == Shape(height: images.height, width: images.width, channels: images.channels)
    else {
      throw LoweringError(
        "the network takes \(input) images, these are "
          + "\(images.height)x\(images.width)x\(images.channels)")
    }
  }

  /// Some images as the network's input.
  public func tensor(of indices: some Collection<Int>, in images: LabelledImages) -> Tensor {
    Tensor(
      count: indices.count, shape: graph[graph.input].shape,
      storage: normalization.apply(images.bytes(of: indices)))
  }

  /// A value of some graph of this network for many images, in portions of bounded memory.
  func values(
    _ value: ValueID, by graph: Graph, of indices: [Int], in images: LabelledImages,
    portion: Int = 500, progress: (Double) -> Void = { _ in }
  ) throws -> Tensor {
    let executor = FloatExecutor(graph)
    var result = Tensor(count: 0, shape: graph[value].shape, storage: [])
    result.storage.reserveCapacity(indices.count * result.shape.count)
    for start in stride(from: 0, to: indices.count, by: portion) {
      let part = indices[start..<min(start + portion, indices.count)]
      let values = try executor.run(
        from: [graph.input: tensor(of: part, in: images)], to: [value])
      result.storage += values[value]!.storage
      result.count += part.count
      progress(Double(start + part.count) / Double(indices.count))
    }
    return result
  }

  /// The class that the float network puts first, for each of some images.
  public func predictions(
    of indices: [Int], in images: LabelledImages, progress: (Double) -> Void = { _ in }
  ) throws -> [Int] {
    let logits = try values(
      graph.output, by: graph, of: indices, in: images, progress: progress)
    return argmaxRows(logits.storage, columns: logits.shape.count)
  }

  /// Top-1 accuracy of the float network, 0...1.
  public func accuracy(
    of indices: [Int], in images: LabelledImages, progress: (Double) -> Void = { _ in }
  ) throws -> Double {
    let right = zip(try predictions(of: indices, in: images, progress: progress), indices).filter {
      $0 == images.labels[$1]
    }.count
    return Double(right) / Double(max(indices.count, 1))
  }
}

extension BaseNetwork {
  public var outputCount: Int { graph[graph.output].shape.count }

  /// The network with the classes alone that `images` show, and the images with those classes.
  ///
  /// - Throws: `LoweringError` if its scores aren't made by a layer whose rows can be chosen.
  public func keepingPresent(
    in images: LabelledImages
  ) throws -> (base: BaseNetwork, images: LabelledImages) {
    try checkTakes(images)
    let present = images.presentClasses
    guard present.count > 1 else {
      throw LoweringError("the images show a single class: there is nothing to tell apart")
    }
    var result = self
    result.graph = try graph.selectingOutputs(present)
    return (result, images.keeping(present))
  }
}
