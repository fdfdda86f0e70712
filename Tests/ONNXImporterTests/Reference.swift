import SINFGraph

// ONNX's definitions on one N x C x H x W image, by coordinates, apart from the product's code.

struct Planes: Equatable {
  var channels: Int
  var height: Int
  var width: Int
  var numbers: [Float]

  init(_ channels: Int, _ height: Int, _ width: Int, _ numbers: [Float]) {
    self.channels = channels
    self.height = height
    self.width = width
    self.numbers = numbers
  }

  func at(_ channel: Int, _ y: Int, _ x: Int) -> Float? {
    guard y >= 0, y < height, x >= 0, x < width else { return nil }
    return numbers[(channel * height + y) * width + x]
  }

  func map(_ change: (Float) -> Float) -> Planes {
    Planes(channels, height, width, numbers.map(change))
  }

  func mapChannels(_ change: (Int, Float) -> Float) -> Planes {
    Planes(
      channels, height, width,
      numbers.enumerated().map { change($0.offset / (height * width), $0.element) })
  }

  /// Pads are [top, left, bottom, right].
  func convolved(
    _ weights: [Float], _ bias: [Float], kernel: (Int, Int), strides: (Int, Int) = (1, 1),
    pads: [Int] = [0, 0, 0, 0], groups: Int = 1
  ) -> Planes {
    let outputs = bias.count
    let perGroup = channels / groups
    var result: [Float] = []
    let outHeight = (height + pads[0] + pads[2] - kernel.0) / strides.0 + 1
    let outWidth = (width + pads[1] + pads[3] - kernel.1) / strides.1 + 1
    for output in 0..<outputs {
      for y in 0..<outHeight {
        for x in 0..<outWidth {
          var sum = bias[output]
          for channel in 0..<perGroup {
            for ky in 0..<kernel.0 {
              for kx in 0..<kernel.1 {
                let value = at(
                  output / (outputs / groups) * perGroup + channel, y * strides.0 - pads[0] + ky,
                  x * strides.1 - pads[1] + kx)
                sum +=
                  (value ?? 0)
                  * weights[((output * perGroup + channel) * kernel.0 + ky) * kernel.1 + kx]
              }
            }
          }
          result.append(sum)
        }
      }
    }
    return Planes(outputs, outHeight, outWidth, result)
  }

  /// Maximum or mean over windows of the size `kernel` that fit.
  func pooled(_ kernel: Int, _ stride: Int, maximum: Bool) -> Planes {
    var result: [Float] = []
    let outHeight = (height - kernel) / stride + 1
    let outWidth = (width - kernel) / stride + 1
    for channel in 0..<channels {
      for y in 0..<outHeight {
        for x in 0..<outWidth {
          var window: [Float] = []
          for ky in 0..<kernel {
            for kx in 0..<kernel {
              window.append(at(channel, y * stride + ky, x * stride + kx)!)
            }
          }
          result.append(maximum ? window.max()! : window.reduce(0, +) / Float(window.count))
        }
      }
    }
    return Planes(channels, outHeight, outWidth, result)
  }

  /// `weights` is [outputs][channels * height * width].
  func linear(_ weights: [Float], _ bias: [Float]) -> [Float] {
    bias.indices.map { output in
      numbers.indices.reduce(bias[output]) {
        $0 + numbers[$1] * weights[output * numbers.count + $1]
      }
    }
  }

  /// As the executor takes it.
  var tensor: Tensor {
    var storage: [Float] = []
    for y in 0..<height {
      for x in 0..<width { for channel in 0..<channels { storage.append(at(channel, y, x)!) } }
    }
    return Tensor(
      count: 1, shape: Shape(height: height, width: width, channels: channels), storage: storage)
  }
}

/// Scores of an imported graph for one image.
func scores(_ graph: Graph, _ image: Planes) throws -> [Float] {
  try FloatExecutor(graph).run(image.tensor)[graph.output]!.storage
}

func largestDifference(_ left: [Float], _ right: [Float]) -> Float {
  guard left.count == right.count else { return .infinity }
  return zip(left, right).reduce(0) { max($0, abs($1.0 - $1.1)) }
}
