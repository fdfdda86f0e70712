import SINFGraph

// Convolutions that leave numbers of a tensor out, or put zeros between them.

/// Places along one axis at equal distances.
struct Part {
  var start: Int
  var count: Int
  /// Negative to count backwards.
  var step: Int

  var indices: [Int] { (0..<count).map { start + $0 * step } }
}

extension GraphBuilder {
  /// Some places along each of some axes.
  mutating func selected(
    _ node: NodeReader, _ value: TensorValue, _ parts: [Int: Part]
  ) throws(ImportError) -> TensorValue {
    let before = shape(value)
    var result = value
    var window = (
      rows: Part(start: 0, count: before.height, step: 1),
      columns: Part(start: 0, count: before.width, step: 1)
    )
    var resized: [(axis: Int, factor: Factor)] = []
    for (axis, part) in parts.sorted(by: { $0.key < $1.key }) {
      guard part.count > 0 else {
        throw node.unsupported("takes nothing of axis \(axis) of a tensor of \(value.view.sizes)")
      }
      if part.start == 0, part.step == 1, part.count == value.view.sizes[axis] { continue }
      if value.view.isWhole(axis, .row, extent: before.height), before.height > 1, part.step > 0 {
        window.rows = part
        resized.append((axis, Factor(axis: .row, size: part.count, step: 1)))
      } else if value.view.isWhole(axis, .column, extent: before.width), before.width > 1,
        part.step > 0
      {
        window.columns = part
        resized.append((axis, Factor(axis: .column, size: part.count, step: 1)))
      } else {
        result = try selected(node, result, axis: axis, part.indices)
      }
    }
    guard !resized.isEmpty else { return result }
    let shape = shape(result)
    guard
      boundedProduct([shape.channels, shape.height, shape.width], limit: maximumComputed) != nil
    else { throw node.unsupported("leaves out a part of an image of \(shape), too large") }
    let convolution = Convolution.pixels(
      channels: shape.channels, extents: (shape.height, shape.width),
      start: (window.rows.start, window.columns.start),
      step: (window.rows.step, window.columns.step),
      count: (window.rows.count, window.columns.count))
    var view = result.view
    for (axis, factor) in resized { view = view.replacing(axis, by: [factor]) }
    return try emit(
      node, .convolution(convolution), [result],
      Shape(height: window.rows.count, width: window.columns.count, channels: shape.channels),
      view: view)
  }

  /// The channels that some indices of one dimension stand for, by a 1x1 convolution.
  mutating func selected(
    _ node: NodeReader, _ value: TensorValue, axis: Int, _ indices: [Int]
  ) throws(ImportError) -> TensorValue {
    let view = value.view
    if indices == Array(0..<view.sizes[axis]) { return value }
    let before = shape(value)
    guard !indices.isEmpty, indices.count <= 65535,
      view.dims[axis].allSatisfy({ $0.axis == .channel })
    else {
      throw node.unsupported(
        "takes \(indices.count) places of axis \(axis) of a tensor of \(view.sizes); supported are "
          + "channels, and rows or columns at equal distances")
    }
    // The chosen index becomes the outermost factor of the new channels, what other dimensions
    // count of the channels follows in their order.
    let places = view.places(of: [axis]).map(\.channel)
    let others = view.dims.indices.filter { $0 != axis }
    let inner = others.flatMap { view.dims[$0] }.filter { $0.axis == .channel }
    let innerPlaces = View([inner]).places(of: [0]).map(\.channel)
    guard
      boundedProduct(
        [indices.count, innerPlaces.count, before.channels], limit: maximumComputed * 4) != nil
    else {
      throw node.unsupported("takes too many channels: \(indices.count * innerPlaces.count)")
    }
    let sources = indices.flatMap { index in innerPlaces.map { places[index] + $0 } }
    var step = innerPlaces.count
    var dims = view.dims
    dims[axis] = [Factor(axis: .channel, size: indices.count, step: step)]
    for other in others {
      for place in dims[other].indices where dims[other][place].axis == .channel {
        step /= dims[other][place].size
        dims[other][place].step = step
      }
    }
    return try emit(
      node,
      .convolution(.selection(inputChannels: before.channels, sources: sources.map { $0 })),
      [value], Shape(height: before.height, width: before.width, channels: sources.count),
      view: View(dims))
  }

  /// Zeros before and after each axis.
  mutating func padded(
    _ node: NodeReader, _ input: TensorValue, _ pads: [(before: Int, after: Int)]
  ) throws(ImportError) -> TensorValue {
    var result = input
    var crops: [Int: Part] = [:]
    for (axis, pad) in pads.enumerated() where pad.before < 0 || pad.after < 0 {
      let size = input.view.sizes[axis]
      let start = max(0, -pad.before)
      let count = size - start - max(0, -pad.after)
      guard count > 0 else { throw node.malformed("pads leave nothing of \(size) places") }
      crops[axis] = Part(start: start, count: count, step: 1)
    }
    if !crops.isEmpty { result = try selected(node, result, crops) }

    var padding = Padding.none
    for (axis, pad) in pads.enumerated() where pad.before > 0 || pad.after > 0 {
      let (before, after) = (max(0, pad.before), max(0, pad.after))
      let shape = shape(result)
      func factor(_ direction: Axis, _ extent: Int) -> [Factor] {
        [Factor(axis: direction, size: extent + before + after, step: 1)]
      }
      var view = result.view
      if view.isWhole(axis, .channel, extent: shape.channels), shape.channels > 1 {
        let sources =
          [Int?](repeating: nil, count: before) + (0..<shape.channels).map { $0 }
          + [Int?](repeating: nil, count: after)
        guard boundedProduct([sources.count, shape.channels], limit: maximumComputed * 4) != nil
        else {
          throw node.unsupported("makes \(sources.count) channels, too many")
        }
        view = view.replacing(axis, by: factor(.channel, shape.channels))
        result = try emit(
          node, .convolution(.selection(inputChannels: shape.channels, sources: sources)),
          [result], Shape(height: shape.height, width: shape.width, channels: sources.count),
          view: view)
      } else if view.isWhole(axis, .row, extent: shape.height), shape.height > 1 {
        (padding.top, padding.bottom) = (before, after)
        result.view = view.replacing(axis, by: factor(.row, shape.height))
      } else if view.isWhole(axis, .column, extent: shape.width), shape.width > 1 {
        (padding.left, padding.right) = (before, after)
        result.view = view.replacing(axis, by: factor(.column, shape.width))
      } else {
        throw node.unsupported(
          "pads axis \(axis) of a tensor of \(view.sizes); supported are height, width and "
            + "channels of images")
      }
    }
    guard padding != .none else { return result }
    let shape = shape(result)
    return try emit(
      node, .convolution(.zeroPadding(padding, channels: shape.channels)), [result],
      Shape(
        height: shape.height + padding.top + padding.bottom,
        width: shape.width + padding.left + padding.right, channels: shape.channels),
      view: result.view)
  }
}
