/// The data of one value of a graph for a number of images: NHWC, float32, without gaps.
public struct Tensor: Sendable {
  /// Number of images.
  public var count: Int
  /// Shape of one image's part.
  public var shape: Shape
  /// `count * shape.count` numbers, [image][row][column][channel].
  public var storage: [Float]

  /// A tensor over existing numbers.
  ///
  /// - Precondition: `storage.count == count * shape.count`.
  public init(count: Int, shape: Shape, storage: [Float]) {
    precondition(storage.count == count * shape.count, "storage does not match the shape")
    self.count = count
    self.shape = shape
    self.storage = storage
  }

  /// A tensor of zeros.
  public init(zeros count: Int, shape: Shape) {
    self.init(
      count: count, shape: shape, storage: [Float](repeating: 0, count: count * shape.count))
  }

  /// A tensor whose numbers `fill` writes, all of them.
  init(
    count: Int, shape: Shape, fill: (UnsafeMutablePointer<Float>) throws -> Void
  ) rethrows {
    self.count = count
    self.shape = shape
    let total = count * shape.count
    storage = try [Float](unsafeUninitializedCapacity: total) { buffer, written in
      if let base = buffer.baseAddress { try fill(base) }
      written = total
    }
  }

  /// The numbers of image `index`.
  public subscript(image index: Int) -> ArraySlice<Float> {
    storage[index * shape.count..<(index + 1) * shape.count]
  }

  /// A copy of the images in `range`.
  public func images(_ range: Range<Int>) -> Tensor {
    Tensor(
      count: range.count, shape: shape,
      storage: Array(storage[range.lowerBound * shape.count..<range.upperBound * shape.count]))
  }

  /// A copy of the images at `indices`, in that order.
  public func images(at indices: [Int]) -> Tensor {
    let size = shape.count
    return storage.withUnsafeBufferPointer { source in
      Tensor(count: indices.count, shape: shape) { target in
        for (position, index) in indices.enumerated() {
          precondition(index >= 0 && index < count, "no such image")
          (target + position * size).update(from: source.baseAddress! + index * size, count: size)
        }
      }
    }
  }
}
