import SINFGraph

/// What calibration keeps of one value: its distribution, and by element (height x width x
/// channels) the mean and the mean square over the images.
struct ActivationStatistics {
  var histogram = Histogram()
  var mean: MeanTensor
  var meanSquare: MeanTensor

  init(shape: Shape) {
    mean = MeanTensor(shape: shape)
    meanSquare = MeanTensor(shape: shape)
  }

  mutating func add(_ tensor: Tensor) {
    histogram.add(tensor.storage)
    mean.add(tensor.storage, squared: false)
    meanSquare.add(tensor.storage, squared: true)
  }

  /// Statistics of all values of `graph` on the images of `input`.
  static func collect(
    _ graph: Graph, input: Tensor
  ) throws -> [ValueID: ActivationStatistics] {
    let wanted = Set(graph.nodes.map(\.output)).union([graph.input])
    var result: [ValueID: ActivationStatistics] = [:]
    var exploding: Set<ValueID> = []
    for id in wanted { result[id] = ActivationStatistics(shape: graph[id].shape) }
    try FloatExecutor(graph).forEachPortion(from: [graph.input: input], to: wanted) { _, values in
      for (id, tensor) in values {
        // A layer that makes what is no number is refused below; a histogram has no bin for it.
        if tensor.storage.allSatisfy({ abs($0) <= mostMagnitude }) {
          result[id]!.add(tensor)
        } else {
          exploding.insert(id)
        }
      }
    }
    if let node = graph.nodes.first(where: { exploding.contains($0.output) }) {
      throw LoweringError(
        "'\(node.name)' makes values that are not finite or above \(mostMagnitude) on the calibration"
          + " images, which 8 bits can't hold; is the normalisation of the images the one that the"
          + " network was trained with, and has it been trained?")
    }
    return result
  }

  /// Beyond any network that works, and below where the scale of a tensor would leave the range
  /// that a model file may hold.
  private static let mostMagnitude: Float = 0x1p38
}

/// The mean over images of each element of a tensor.
struct MeanTensor {
  let shape: Shape
  private(set) var count = 0
  private var sums: [Double]

  init(shape: Shape) {
    self.shape = shape
    sums = [Double](repeating: 0, count: shape.count)
  }

  /// Adds images that lie one after the other.
  mutating func add(_ values: [Float], squared: Bool) {
    let size = shape.count
    count += values.count / size
    sums.withUnsafeMutableBufferPointer { sums in
      values.withUnsafeBufferPointer { values in
        for start in stride(from: 0, to: values.count, by: size) {
          for i in 0..<size {
            let value = Double(values[start &+ i])
            sums[i] += squared ? value * value : value
          }
        }
      }
    }
  }

  /// The mean over images and over the positions of `convolution`'s output of what each tap reads:
  /// [kernelHeight][kernelWidth][inputChannels], padding read as zero. A convolution is linear, so
  /// this is all that its mean output depends on.
  func tapMeans(_ convolution: Convolution, output: Shape) -> [Double] {
    let channels = shape.channels
    var result = [Double](
      repeating: 0, count: convolution.kernelHeight * convolution.kernelWidth * channels)
    guard count > 0 else { return result }
    for ky in 0..<convolution.kernelHeight {
      for kx in 0..<convolution.kernelWidth {
        let tap = (ky * convolution.kernelWidth + kx) * channels
        for oy in 0..<output.height {
          let y = oy * convolution.strideHeight + ky - convolution.padding.top
          guard y >= 0, y < shape.height else { continue }
          for ox in 0..<output.width {
            let x = ox * convolution.strideWidth + kx - convolution.padding.left
            guard x >= 0, x < shape.width else { continue }
            let pixel = (y * shape.width + x) * channels
            for c in 0..<channels { result[tap + c] += sums[pixel + c] }
          }
        }
      }
    }
    let scale = 1 / Double(count * output.pixels)
    for i in result.indices { result[i] *= scale }
    return result
  }
}
