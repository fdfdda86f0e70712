// Parts of constants, and constants beside each other.

/// Where the numbers of a tensor of `dims` lie, in order, whose neighbours along each dimension are
/// `strides` apart.
func places(_ dims: [Int], strides: [Int]) -> [Int] {
  var result = [0]
  for (size, stride) in zip(dims, strides) {
    result = result.flatMap { place in (0..<size).map { place + $0 * stride } }
  }
  return result
}

extension Constant {
  /// The numbers at some indices of one dimension.
  func picking(_ indices: [Int], along axis: Int) -> Constant {
    let inner = dims[(axis + 1)...].reduce(1, *)
    let outer = dims[..<axis].reduce(1, *)
    var chosen: [Int] = []
    chosen.reserveCapacity(outer * indices.count * inner)
    for block in 0..<outer {
      for index in indices {
        let start = (block * dims[axis] + index) * inner
        chosen.append(contentsOf: start..<start + inner)
      }
    }
    var result = dims
    result[axis] = indices.count
    return picking(chosen, dims: result)
  }

  /// This and then `other` along one dimension; nil where the others differ.
  func joined(with other: Constant, along axis: Int) -> Constant? {
    var (mine, theirs) = (dims, other.dims)
    guard mine.count == theirs.count else { return nil }
    let sizes = (mine[axis], theirs[axis])
    (mine[axis], theirs[axis]) = (0, 0)
    guard mine == theirs else { return nil }
    mine[axis] = sizes.0 + sizes.1
    guard boundedProduct(mine) != nil else { return nil }
    let inner = dims[(axis + 1)...].reduce(1, *)
    let outer = dims[..<axis].reduce(1, *)
    let (first, second) = (sizes.0 * inner, sizes.1 * inner)
    func woven<Number>(_ a: [Number], _ b: [Number]) -> [Number] {
      var result: [Number] = []
      result.reserveCapacity(a.count + b.count)
      for block in 0..<outer {
        result += a[block * first..<(block + 1) * first]
        result += b[block * second..<(block + 1) * second]
      }
      return result
    }
    if let a = integers, let b = other.integers {
      return Constant(dims: mine, content: .integers(woven(a, b)))
    }
    return Constant(dims: mine, content: .floats(woven(floats, other.floats)))
  }

  /// The numbers repeated along dimensions of one, to a tensor of `target`.
  ///
  /// - Precondition: `target` is a result of `NodeReader.broadcast` with these dimensions.
  func spread(to target: [Int]) -> Constant {
    if dims == target { return self }
    let missing = target.count - dims.count
    let own = strides(of: dims)
    let steps = target.indices.map { axis in
      axis < missing || dims[axis - missing] == 1 ? 0 : own[axis - missing]
    }
    return picking(places(target, strides: steps), dims: target)
  }
}
