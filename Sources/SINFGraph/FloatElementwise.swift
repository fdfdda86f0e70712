extension Activation {
  /// Smallest and largest value that passes.
  public var bounds: (low: Float, high: Float) {
    switch self {
    case .none: (-.infinity, .infinity)
    case .relu: (0, .infinity)
    case .clamp(let low, let high): (low, high)
    }
  }

  /// Replaces each value by its activation.
  func apply(_ values: UnsafeMutableBufferPointer<Float>) {
    guard self != .none, let base = values.baseAddress else { return }
    let (low, high) = bounds
    for index in 0..<values.count {
      let raised = base[index] < low ? low : base[index]
      base[index] = raised > high ? high : raised
    }
  }
}

/// Sum of two tensors of one shape, through an activation.
func sum(_ left: Tensor, _ right: Tensor, _ activation: Activation) -> Tensor {
  let total = left.storage.count
  return Tensor(count: left.count, shape: left.shape) { target in
    left.storage.withUnsafeBufferPointer { left in
      right.storage.withUnsafeBufferPointer { right in
        guard let left = left.baseAddress, let right = right.baseAddress else { return }
        for index in 0..<total { target[index] = left[index] + right[index] }
        activation.apply(UnsafeMutableBufferPointer(start: target, count: total))
      }
    }
  }
}

/// Product of two tensors of one shape, or with one number a channel and image on the right.
func product(_ left: Tensor, _ right: Tensor) -> Tensor {
  let total = left.storage.count
  let shape = left.shape
  return Tensor(count: left.count, shape: shape) { target in
    left.storage.withUnsafeBufferPointer { left in
      right.storage.withUnsafeBufferPointer { factors in
        guard let left = left.baseAddress, let factors = factors.baseAddress else { return }
        if right.shape == shape {
          for index in 0..<total { target[index] = left[index] * factors[index] }
          return
        }
        let channels = shape.channels
        for pixel in 0..<total / channels {
          let start = pixel &* channels
          let gate = factors + pixel / shape.pixels &* channels
          for channel in 0..<channels {
            target[start &+ channel] = left[start &+ channel] * gate[channel]
          }
        }
      }
    }
  }
}

/// The channels of every input, one after the other, pixel by pixel.
func concatenate(_ inputs: [Tensor], output: Shape) -> Tensor {
  let count = inputs[0].count
  return Tensor(count: count, shape: output) { target in
    var firstChannel = 0
    for input in inputs {
      let channels = input.shape.channels
      input.storage.withUnsafeBufferPointer { source in
        guard let source = source.baseAddress else { return }
        for pixel in 0..<count * output.pixels {
          (target + (pixel &* output.channels &+ firstChannel)).update(
            from: source + pixel &* channels, count: channels)
        }
      }
      firstChannel += channels
    }
  }
}
