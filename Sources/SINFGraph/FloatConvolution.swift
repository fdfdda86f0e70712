/// A convolution of every image of `input`, with its bias and activation.
func convolve(_ input: Tensor, _ convolution: Convolution, output: Shape) -> Tensor {
  Tensor(count: input.count, shape: output) { target in
    input.storage.withUnsafeBufferPointer { source in
      convolution.weights.withUnsafeBufferPointer { weights in
        guard let source = source.baseAddress, let weights = weights.baseAddress else { return }
        if convolution.isDepthwise && convolution.outputChannels == convolution.inputChannels {
          convolveDepthwise(
            source, count: input.count, shape: input.shape, convolution, weights, output: output,
            to: target)
        } else {
          convolveDense(
            source, count: input.count, shape: input.shape, convolution, weights, output: output,
            to: target)
        }
      }
    }
  }
}

/// Matrix products over tiles of output pixels, so that the copied windows stay in the cache.
private func convolveDense(
  _ source: UnsafePointer<Float>, count: Int, shape: Shape, _ convolution: Convolution,
  _ weights: UnsafePointer<Float>, output: Shape, to target: UnsafeMutablePointer<Float>
) {
  let pixels = count * output.pixels
  let taps = convolution.taps
  let groupOutputs = convolution.outputChannels / convolution.groups
  let tilePixels = max(64, min(pixels, tileNumbers / taps))
  let reader = WindowReader(convolution, input: shape, group: 0)
  let direct = reader.isIdentity
  let tile = UnsafeMutablePointer<Float>.allocate(capacity: direct ? 1 : tilePixels * taps)
  defer { tile.deallocate() }

  for start in stride(from: 0, to: pixels, by: tilePixels) {
    let range = start..<min(start + tilePixels, pixels)
    let result = target + start * convolution.outputChannels
    for group in 0..<convolution.groups {
      let windows: UnsafePointer<Float>
      if direct {
        windows = source + start * taps
      } else {
        let reader = WindowReader(convolution, input: shape, group: group)
        reader.copy(source, pixels: range, to: tile)
        windows = UnsafePointer(tile)
      }
      BLAS.multiply(
        rows: range.count, columns: groupOutputs, depth: taps, windows, stride: taps,
        transposed: weights + group * groupOutputs * taps, stride: taps,
        into: result + group * groupOutputs, stride: convolution.outputChannels)
    }
    finish(result, pixels: range.count, convolution)
  }
}

/// Numbers in one tile of copied windows (1 MiB).
private let tileNumbers = 1 << 18

/// Adds the bias and applies the activation to finished sums.
private func finish(
  _ result: UnsafeMutablePointer<Float>, pixels: Int, _ convolution: Convolution
) {
  let channels = convolution.outputChannels
  let (low, high) = convolution.activation.bounds
  convolution.bias.withUnsafeBufferPointer { bias in
    let bias = bias.baseAddress!
    var pixel = result
    for _ in 0..<pixels {
      if convolution.activation == .none {
        for channel in 0..<channels { pixel[channel] += bias[channel] }
      } else {
        for channel in 0..<channels {
          let sum = pixel[channel] + bias[channel]
          let raised = sum < low ? low : sum
          pixel[channel] = raised > high ? high : raised
        }
      }
      pixel += channels
    }
  }
}

/// Depthwise convolution: channels are innermost, in the tensors and in a transposed copy of the
/// weights, so that the inner loop is one multiply and add over neighbours.
private func convolveDepthwise(
  _ source: UnsafePointer<Float>, count: Int, shape: Shape, _ convolution: Convolution,
  _ weights: UnsafePointer<Float>, output: Shape, to target: UnsafeMutablePointer<Float>
) {
  let channels = convolution.outputChannels
  let taps = convolution.kernelHeight * convolution.kernelWidth
  let transposed = UnsafeMutablePointer<Float>.allocate(capacity: taps * channels)
  defer { transposed.deallocate() }
  for channel in 0..<channels {
    for tap in 0..<taps { transposed[tap * channels + channel] = weights[channel * taps + tap] }
  }

  let rowStride = shape.width &* channels
  var pixel = target
  for image in 0..<count {
    let image = source + image &* shape.count
    for y in 0..<output.height {
      let top = y &* convolution.strideHeight &- convolution.padding.top
      for x in 0..<output.width {
        let left = x &* convolution.strideWidth &- convolution.padding.left
        pixel.update(repeating: 0, count: channels)
        for kernelY in 0..<convolution.kernelHeight {
          let row = top &+ kernelY
          guard row >= 0, row < shape.height else { continue }
          for kernelX in 0..<convolution.kernelWidth {
            let column = left &+ kernelX
            guard column >= 0, column < shape.width else { continue }
            let values = image + (row &* rowStride &+ column &* channels)
            let factors = transposed + (kernelY &* convolution.kernelWidth &+ kernelX) &* channels
            for channel in 0..<channels { pixel[channel] += values[channel] * factors[channel] }
          }
        }
        pixel += channels
      }
    }
  }
  finish(target, pixels: count * output.pixels, convolution)
}
