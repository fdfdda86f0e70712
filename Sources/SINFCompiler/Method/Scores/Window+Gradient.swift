import COpenBLAS
import SINFGraph

extension Convolution {
  /// Gradient by the input, from that by the sums before the activation.
  func inputGradient(_ above: Tensor, input shape: Shape) -> Tensor {
    let pixels = above.shape.pixels, columns = above.shape.width
    let filters = outputChannels / groups, perGroup = inputChannelsPerGroup
    var result = Tensor(zeros: above.count, shape: shape)
    var windows = [Float](repeating: 0, count: pixels * taps)
    for image in 0..<above.count {
      for group in 0..<groups {
        above.storage.withUnsafeBufferPointer { gradient in
          weights.withUnsafeBufferPointer { weights in
            cblas_sgemm(
              CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(pixels), Int32(taps),
              Int32(filters), 1,
              gradient.baseAddress! + image * above.shape.count + group * filters,
              Int32(outputChannels), weights.baseAddress! + group * filters * taps, Int32(taps), 0,
              &windows, Int32(taps))
          }
        }
        result.storage.withUnsafeMutableBufferPointer { target in
          for pixel in 0..<pixels {
            let top = pixel / columns * strideHeight - padding.top
            let left = pixel % columns * strideWidth - padding.left
            for ky in 0..<kernelHeight where top + ky >= 0 && top + ky < shape.height {
              for kx in 0..<kernelWidth where left + kx >= 0 && left + kx < shape.width {
                let to =
                  image * shape.count
                  + ((top + ky) * shape.width + left + kx) * shape.channels + group * perGroup
                let from = pixel * taps + (ky * kernelWidth + kx) * perGroup
                for c in 0..<perGroup { target[to &+ c] += windows[from &+ c] }
              }
            }
          }
        }
      }
    }
    return result
  }
}

extension Pooling {
  /// Gradient by the input of a maximum: to the first of the largest pixels of each window.
  func maximumGradient(_ above: Tensor, input: Tensor) -> Tensor {
    var result = Tensor(zeros: input.count, shape: input.shape)
    forEachWindow(above, input: input.shape) { index, channel, pixels, _ in
      var best: Int?
      for pixel in pixels {
        let at = pixel + channel
        if best == nil || input.storage[at] > input.storage[best!] { best = at }
      }
      if let best { result.storage[best] += above.storage[index] }
    }
    return result
  }

  /// Gradient by the input of a mean.
  func meanGradient(_ above: Tensor, input shape: Shape) -> Tensor {
    var result = Tensor(zeros: above.count, shape: shape)
    forEachWindow(above, input: shape) { index, channel, pixels, divisor in
      for pixel in pixels {
        result.storage[pixel + channel] += above.storage[index] / Float(divisor)
      }
    }
    return result
  }

  /// Calls `body` for every number of the result: its index, its channel, where the window's pixels
  /// begin in the input, and what a mean divides by.
  private func forEachWindow(
    _ output: Tensor, input shape: Shape, _ body: (Int, Int, [Int], Int) -> Void
  ) {
    let out = output.shape
    for image in 0..<output.count {
      for y in 0..<out.height {
        let rows = rows(y, extent: shape.height)
        for x in 0..<out.width {
          let columns = columns(x, extent: shape.width)
          let pixels = rows.inside.flatMap { row in
            columns.inside.map { image * shape.count + (row * shape.width + $0) * shape.channels }
          }
          let divisor = countsPadding ? rows.padded * columns.padded : pixels.count
          let start = image * out.count + (y * out.width + x) * out.channels
          for c in 0..<out.channels { body(start + c, c, pixels, divisor) }
        }
      }
    }
  }
}
