import SINFGraph

/// A value of a number of images as the runtime stores it, without gaps.
struct QuantizedTensor {
  let count: Int
  let shape: Shape
  let parameters: QuantizationParameters
  var stored: [UInt8]

  /// Real values of the images in `range`.
  func tensor(_ range: Range<Int>) -> Tensor {
    let table = (0..<256).map { parameters.dequantize(UInt8($0)) }
    let size = shape.count
    let first = range.lowerBound * size
    let total = range.count * size
    let values = [Float](unsafeUninitializedCapacity: total) { target, written in
      stored.withUnsafeBufferPointer { stored in
        table.withUnsafeBufferPointer { table in
          for i in 0..<total { target[i] = table[Int(stored[first &+ i])] }
        }
      }
      written = total
    }
    return Tensor(count: range.count, shape: shape, storage: values)
  }

  func images(at indices: [Int]) -> QuantizedTensor {
    var chosen: [UInt8] = []
    chosen.reserveCapacity(indices.count * shape.count)
    for i in indices { chosen += stored[i * shape.count..<(i + 1) * shape.count] }
    return QuantizedTensor(
      count: indices.count, shape: shape, parameters: parameters, stored: chosen)
  }

  /// Appends the stored values of `tensor`.
  mutating func append(_ tensor: Tensor) {
    let perStep = 1 / parameters.scale
    let zero = Float(parameters.zeroPoint)
    let old = stored.count
    stored.append(contentsOf: repeatElement(0, count: tensor.storage.count))
    stored.withUnsafeMutableBufferPointer { stored in
      tensor.storage.withUnsafeBufferPointer { values in
        for i in 0..<values.count {
          let steps = (values[i] * perStep).rounded(.toNearestOrEven) + zero
          let known = steps.isNaN ? zero : steps
          stored[old &+ i] = UInt8(min(max(known, 0), 255))
        }
      }
    }
  }

  /// The mean real value of each element over the images.
  var mean: MeanTensor {
    var result = MeanTensor(shape: shape)
    let portion = max(1, (1 << 20) / max(shape.count, 1))
    for start in stride(from: 0, to: count, by: portion) {
      result.add(tensor(start..<min(start + portion, count)).storage, squared: false)
    }
    return result
  }
}
