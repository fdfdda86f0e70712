/// Maximum of the pixels of each window that lie inside the image.
func maxPool(_ input: Tensor, _ pooling: Pooling, output: Shape) -> Tensor {
  pool(input, pooling, output: output, initial: -.infinity) { result, values, channels in
    for channel in 0..<channels {
      let value = values[channel]
      result[channel] = value > result[channel] ? value : result[channel]
    }
  } finish: { _, _ in
  }
}

/// Mean of each window: the sum of the pixels inside the image, divided by their number or, where
/// padding counts, by the number of those inside the padded image.
func averagePool(_ input: Tensor, _ pooling: Pooling, output: Shape) -> Tensor {
  let channels = input.shape.channels
  return pool(input, pooling, output: output, initial: 0) { result, values, channels in
    for channel in 0..<channels { result[channel] += values[channel] }
  } finish: { result, divisor in
    let factor = 1 / Float(divisor)
    for channel in 0..<channels { result[channel] *= factor }
  }
}

/// Mean over height and width: a vector of channels an image.
func globalAveragePool(_ input: Tensor) -> Tensor {
  let whole = Pooling(
    kernelHeight: input.shape.height, kernelWidth: input.shape.width, strideHeight: 1,
    strideWidth: 1)
  return averagePool(
    input, whole, output: Shape(height: 1, width: 1, channels: input.shape.channels))
}

@inline(__always)
private func pool(
  _ input: Tensor, _ pooling: Pooling, output: Shape, initial: Float,
  accumulate: (UnsafeMutablePointer<Float>, UnsafePointer<Float>, Int) -> Void,
  finish: (UnsafeMutablePointer<Float>, Int) -> Void
) -> Tensor {
  let shape = input.shape
  let channels = shape.channels
  let rowStride = shape.width * channels
  return Tensor(count: input.count, shape: output) { target in
    input.storage.withUnsafeBufferPointer { source in
      guard let source = source.baseAddress else { return }
      var pixel = target
      for image in 0..<input.count {
        let image = source + image &* shape.count
        for y in 0..<output.height {
          let rows = pooling.rows(y, extent: shape.height)
          for x in 0..<output.width {
            let columns = pooling.columns(x, extent: shape.width)
            pixel.update(repeating: initial, count: channels)
            for row in rows.inside {
              for column in columns.inside {
                accumulate(pixel, image + (row &* rowStride &+ column &* channels), channels)
              }
            }
            finish(
              pixel,
              pooling.countsPadding
                ? rows.padded &* columns.padded : rows.inside.count &* columns.inside.count)
            pixel += channels
          }
        }
      }
    }
  }
}

extension Pooling {
  /// Rows of an image of `extent` rows that window `y` reads, and their number with padding.
  public func rows(_ y: Int, extent: Int) -> (inside: Range<Int>, padded: Int) {
    Self.window(
      from: y * strideHeight - padding.top, kernel: kernelHeight, extent: extent,
      padding: padding.bottom)
  }

  /// Columns of an image of `extent` columns that window `x` reads, and their number with padding.
  public func columns(_ x: Int, extent: Int) -> (inside: Range<Int>, padded: Int) {
    Self.window(
      from: x * strideWidth - padding.left, kernel: kernelWidth, extent: extent,
      padding: padding.right)
  }

  private static func window(
    from start: Int, kernel: Int, extent: Int, padding: Int
  ) -> (inside: Range<Int>, padded: Int) {
    let first = max(0, start)
    let end = max(first, min(extent, start + kernel))
    return (first..<end, min(extent + padding, start + kernel) - start)
  }
}
