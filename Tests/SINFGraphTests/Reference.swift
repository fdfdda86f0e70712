import SINFGraph

// Slow and plain versions of the operations, by coordinates, written apart from the executor's.

/// Numbers that repeat for a seed, in -1 ..< 1.
struct Numbers {
  var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> Float {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Float(Int32(truncatingIfNeeded: state >> 32)) / 2_147_483_648
  }

  mutating func array(_ count: Int) -> [Float] { (0..<count).map { _ in next() } }

  mutating func tensor(_ count: Int, _ shape: Shape) -> Tensor {
    Tensor(count: count, shape: shape, storage: array(count * shape.count))
  }
}

extension Tensor {
  /// The number at a place, or nil outside the image.
  func at(_ image: Int, _ y: Int, _ x: Int, _ channel: Int) -> Float? {
    guard y >= 0, y < shape.height, x >= 0, x < shape.width else { return nil }
    return storage[((image * shape.height + y) * shape.width + x) * shape.channels + channel]
  }

  /// Builds a tensor number by number.
  static func make(
    _ count: Int, _ shape: Shape, _ value: (Int, Int, Int, Int) -> Float
  ) -> Tensor {
    var storage: [Float] = []
    for image in 0..<count {
      for y in 0..<shape.height {
        for x in 0..<shape.width {
          for channel in 0..<shape.channels { storage.append(value(image, y, x, channel)) }
        }
      }
    }
    return Tensor(count: count, shape: shape, storage: storage)
  }

  func largestDifference(from other: Tensor) -> Float {
    guard shape == other.shape, count == other.count else { return .infinity }
    return zip(storage, other.storage).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }
}

func referenceConvolution(_ input: Tensor, _ conv: Convolution, _ output: Shape) -> Tensor {
  let outputsPerGroup = conv.outputChannels / conv.groups
  return Tensor.make(input.count, output) { image, y, x, channel in
    var sum = Double(conv.bias[channel])
    let firstInput = channel / outputsPerGroup * conv.inputChannelsPerGroup
    for ky in 0..<conv.kernelHeight {
      for kx in 0..<conv.kernelWidth {
        for c in 0..<conv.inputChannelsPerGroup {
          let value = input.at(
            image, y * conv.strideHeight - conv.padding.top + ky,
            x * conv.strideWidth - conv.padding.left + kx, firstInput + c)
          let tap = (ky * conv.kernelWidth + kx) * conv.inputChannelsPerGroup + c
          sum += Double(conv.weights[channel * conv.taps + tap]) * Double(value ?? 0)
        }
      }
    }
    switch conv.activation {
    case .none: return Float(sum)
    case .relu: return Float(max(0, sum))
    case .clamp(let low, let high): return min(max(Float(sum), low), high)
    }
  }
}

func referencePool(
  _ input: Tensor, _ pool: Pooling, _ output: Shape, maximum: Bool
) -> Tensor {
  Tensor.make(input.count, output) { image, y, x, channel in
    var inside: [Float] = []
    var padded = 0
    for ky in 0..<pool.kernelHeight {
      for kx in 0..<pool.kernelWidth {
        let row = y * pool.strideHeight - pool.padding.top + ky
        let column = x * pool.strideWidth - pool.padding.left + kx
        if let value = input.at(image, row, column, channel) { inside.append(value) }
        if row < input.shape.height + pool.padding.bottom,
          column < input.shape.width + pool.padding.right
        {
          padded += 1
        }
      }
    }
    if maximum { return inside.max()! }
    return inside.reduce(0, +) / Float(pool.countsPadding ? padded : inside.count)
  }
}
