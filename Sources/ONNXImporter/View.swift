import SINFGraph

/// A direction in a tensor of the graph.
enum Axis: Hashable {
  case batch, row, column, channel
}

/// A part of one direction: an index that runs over `size` places, `step` apart.
struct Factor: Hashable {
  var axis: Axis
  var size: Int
  var step: Int
}

/// What the dimensions of a tensor as ONNX sees it mean in the graph's tensor.
///
/// The graph keeps every image as rows x columns x channels. ONNX' N x C x H x W, what reshapes and
/// transposes make of it, N x H x W x C, flattened vectors and groups of channels are all the same
/// numbers under other indices: each dimension is a product of factors, the outermost first.
/// Together the factors of a view reach every number exactly once. Reshapes and transposes
/// therefore move no data, and most come to nothing before any operation has to look.
struct View: Hashable {
  private(set) var dims: [[Factor]]

  /// The batch, if there is more than one image, is the first dimension's only factor.
  init(_ dims: [[Factor]]) { self.dims = dims.map(Self.normalised) }

  /// N x C x H x W.
  init(image shape: Shape, batch: Int) {
    self.init([
      [Factor(axis: .batch, size: batch, step: 1)],
      [Factor(axis: .channel, size: shape.channels, step: 1)],
      [Factor(axis: .row, size: shape.height, step: 1)],
      [Factor(axis: .column, size: shape.width, step: 1)],
    ])
  }

  var rank: Int { dims.count }
  var sizes: [Int] { dims.map(Self.size) }

  static func size(_ dim: [Factor]) -> Int { dim.reduce(1) { $0 * $1.size } }

  /// Without factors of one place; neighbours that count on from each other joined.
  private static func normalised(_ dim: [Factor]) -> [Factor] {
    var result: [Factor] = []
    for factor in dim where factor.size != 1 {
      if let last = result.last, last.axis == factor.axis,
        last.step == factor.step * factor.size
      {
        result[result.count - 1] = Factor(
          axis: factor.axis, size: last.size * factor.size, step: factor.step)
      } else {
        result.append(factor)
      }
    }
    return result
  }

  /// The same numbers, in the same order, under other dimensions; nil where their sizes don't fit,
  /// or cut through a factor.
  func reshaped(to sizes: [Int]) -> View? {
    var left = dims.flatMap { $0 }[...]
    var result: [[Factor]] = []
    for size in sizes {
      var dim: [Factor] = []
      var rest = size
      while rest > 1 {
        guard let factor = left.first else { return nil }
        if rest % factor.size == 0 {
          dim.append(factor)
          left.removeFirst()
          rest /= factor.size
        } else if factor.size % rest == 0 {
          let inner = factor.size / rest
          dim.append(Factor(axis: factor.axis, size: rest, step: factor.step * inner))
          left[left.startIndex].size = inner
          rest = 1
        } else {
          return nil
        }
      }
      guard rest == 1 else { return nil }
      result.append(dim)
    }
    return left.isEmpty ? View(result) : nil
  }

  /// Dimension `i` of the result is dimension `order[i]`.
  ///
  /// - Precondition: `order` lists every dimension once.
  func transposed(_ order: [Int]) -> View { View(order.map { dims[$0] }) }

  func removing(_ axes: Set<Int>) -> View {
    View(dims.indices.filter { !axes.contains($0) }.map { dims[$0] })
  }

  func replacing(_ axis: Int, by dim: [Factor]) -> View {
    var result = dims
    result[axis] = dim
    return View(result)
  }

  /// Whether dimension `axis` is one direction, whole and in order, of `extent` places.
  func isWhole(_ axis: Int, _ direction: Axis, extent: Int) -> Bool {
    extent == 1
      ? dims[axis].isEmpty : dims[axis] == [Factor(axis: direction, size: extent, step: 1)]
  }

  /// Places along each direction (row, column, channel) that the indices of some dimensions stand
  /// for, the last one innermost.
  func places(of axes: [Int]) -> [(row: Int, column: Int, channel: Int)] {
    var result: [(row: Int, column: Int, channel: Int)] = [(0, 0, 0)]
    for factor in axes.flatMap({ dims[$0] }) {
      result = result.flatMap { place in
        (0..<factor.size).map { index in
          var next = place
          switch factor.axis {
          case .batch: break
          case .row: next.row += index * factor.step
          case .column: next.column += index * factor.step
          case .channel: next.channel += index * factor.step
          }
          return next
        }
      }
    }
    return result
  }
}
