import ONNX

typealias ElementType = Onnx_TensorProto.DataType

/// A tensor whose content is known at import: weights, or numbers about shapes.
struct Constant {
  enum Content {
    case floats([Float])
    case integers([Int])
  }

  /// Empty for a scalar.
  var dims: [Int]
  /// As many numbers as `dims` say, the last dimension innermost.
  var content: Content
  /// The type in the file, where it comes straight from there.
  var element = ElementType.undefined

  init(dims: [Int], content: Content, element: ElementType = .undefined) {
    self.dims = dims
    self.content = content
    self.element = element
  }

  /// A list of integers.
  init(_ list: [Int]) { self.init(dims: [list.count], content: .integers(list)) }

  var count: Int {
    switch content {
    case .floats(let values): values.count
    case .integers(let values): values.count
    }
  }

  /// The numbers as floats, whichever they are.
  var floats: [Float] {
    switch content {
    case .floats(let values): values
    case .integers(let values): values.map { Float($0) }
    }
  }

  /// The numbers as integers, nil for floats.
  var integers: [Int]? {
    if case .integers(let values) = content { return values }
    return nil
  }

  /// The one number that all are, nil where they differ or there are none.
  var uniform: Float? {
    let values = floats
    guard let first = values.first, values.allSatisfy({ $0 == first }) else { return nil }
    return first
  }

  /// The numbers at `places`, with other dimensions.
  func picking(_ places: [Int], dims: [Int]) -> Constant {
    switch content {
    case .floats(let values):
      Constant(dims: dims, content: .floats(places.map { values[$0] }))
    case .integers(let values):
      Constant(dims: dims, content: .integers(places.map { values[$0] }))
    }
  }
}

/// How far apart neighbours along each dimension lie, the last dimension innermost.
func strides(of dims: [Int]) -> [Int] {
  var result = [Int](repeating: 1, count: dims.count)
  for axis in dims.indices.dropLast().reversed() {
    result[axis] = result[axis + 1] * dims[axis + 1]
  }
  return result
}

/// The product of `factors`, or nil where one is negative or the product is above `limit`.
func boundedProduct(_ factors: [Int], limit: Int = maximumNumbers) -> Int? {
  // An empty tensor's other dimensions are bounded as well: strides are products of them.
  var product = 1
  for factor in factors where factor != 0 {
    let (next, overflow) = product.multipliedReportingOverflow(by: factor)
    guard factor > 0, !overflow, next <= limit else { return nil }
    product = next
  }
  return factors.contains(0) ? 0 : product
}

/// Most numbers that one tensor may have (1 GiB of float32): beyond any network for the devices in
/// question, and small enough that no arithmetic on sizes overflows.
let maximumNumbers = 1 << 28

/// Most numbers of what is computed at import rather than read from the file, so that a small file
/// can't ask for much memory.
let maximumComputed = 1 << 24
