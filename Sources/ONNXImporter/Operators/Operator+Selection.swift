import SINFGraph

// Operators that leave numbers out, or put zeros between them.

extension Operator {
  static let selections: [Operator] = [
    Operator("Slice", convert: slice, fold: foldSlice),
    Operator("Split", convert: split, fold: foldSplit),
    Operator("Gather", convert: gather, fold: foldGather, passesHeads: true),
    Operator("Pad", convert: pad, fold: foldPad),
  ]

  private static func slice(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try node.requireInputs(1...5)
    let value = try builder.tensor(node, 0)
    let parts = try node.parts(
      of: value.view.sizes, starts: try builder.listed(node, "starts", operand: 1),
      ends: try builder.listed(node, "ends", operand: 2),
      axes: try builder.listed(node, "axes", operand: 3), steps: try builder.integers(node, 4))
    return [.tensor(try builder.selected(node, value, parts))]
  }

  private static func foldSlice(
    _ node: NodeReader, _ operands: [Constant?]
  ) throws(ImportError) -> [Constant] {
    try node.requireInputs(1...5)
    var result = try node.present(operands, 0)
    let parts = try node.parts(
      of: result.dims, starts: try node.listed("starts", operands, 1),
      ends: try node.listed("ends", operands, 2), axes: try node.listed("axes", operands, 3),
      steps: operands.count > 4 ? operands[4]?.integers : nil)
    for (axis, part) in parts { result = result.picking(part.indices, along: axis) }
    return [result]
  }

  private static func split(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try node.requireInputs(1...2)
    let value = try builder.tensor(node, 0)
    let (axis, parts) = try node.splits(
      value.view.sizes, listed: try builder.listed(node, "split", operand: 1))
    var result: [GraphBuilder.Operand] = []
    for part in parts {
      result.append(.tensor(try builder.selected(node, value, [axis: part])))
    }
    return result
  }

  private static func foldSplit(
    _ node: NodeReader, _ operands: [Constant?]
  ) throws(ImportError) -> [Constant] {
    try node.requireInputs(1...2)
    let operand = try node.present(operands, 0)
    let (axis, parts) = try node.splits(
      operand.dims, listed: try node.listed("split", operands, 1))
    return parts.map { operand.picking($0.indices, along: axis) }
  }

  /// Places along one axis, in any order.
  private static func gather(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try node.requireInputs(2...2)
    let value = try builder.tensor(node, 0)
    let sizes = value.view.sizes
    let axis = try node.normalise(axis: try node.integer("axis") ?? 0, rank: sizes.count)
    guard let places = try builder.constant(node, 1), let listed = places.integers,
      places.dims.count <= 1
    else { throw node.unsupported("by places that are no constant list") }
    var indices: [Int] = []
    for index in listed { indices.append(try node.normalise(axis: index, rank: sizes[axis])) }
    var result = try builder.selected(node, value, axis: axis, indices)
    if places.dims.isEmpty { result.view = result.view.removing([axis]) }
    return [.tensor(result)]
  }

  private static func foldGather(
    _ node: NodeReader, _ operands: [Constant?]
  ) throws(ImportError) -> [Constant] {
    try node.requireInputs(2...2)
    let operand = try node.present(operands, 0)
    let places = try node.present(operands, 1)
    let axis = try node.normalise(axis: try node.integer("axis") ?? 0, rank: operand.dims.count)
    guard let listed = places.integers else { throw node.malformed("its places are no integers") }
    var indices: [Int] = []
    for index in listed {
      indices.append(try node.normalise(axis: index, rank: operand.dims[axis]))
    }
    var result = operand.picking(indices, along: axis)
    result.dims.replaceSubrange(axis...axis, with: places.dims)
    return [result]
  }

  /// Zeros around height and width or beside the channels; negative pads leave numbers out.
  private static func pad(
    _ builder: inout GraphBuilder, _ node: NodeReader
  ) throws(ImportError) -> [GraphBuilder.Operand] {
    try node.requireInputs(1...4)
    let mode = try node.string("mode") ?? "constant"
    guard mode == "constant" else {
      throw node.unsupported("mode is '\(mode)', supported is 'constant' with zero")
    }
    var value = try node.float("value") ?? 0
    if let given = try builder.constant(node, 2) {
      guard given.count == 1 else { throw node.malformed("pads with \(given.count) numbers") }
      value = given.floats[0]
    }
    guard value == 0 else { throw node.unsupported("pads with \(value), supported is zero") }
    let input = try builder.tensor(node, 0)
    let pads = try node.pads(
      rank: input.view.rank, listed: try builder.listed(node, "pads", operand: 1),
      axes: try builder.integers(node, 3))
    return [.tensor(try builder.padded(node, input, pads))]
  }

  private static func foldPad(
    _ node: NodeReader, _ operands: [Constant?]
  ) throws(ImportError) -> [Constant] {
    throw node.unsupported("of a constant; \(Hint.exportAgain)")
  }
}

extension NodeReader {
  /// What Slice takes of each axis that it names.
  fileprivate func parts(
    of sizes: [Int], starts: [Int]?, ends: [Int]?, axes: [Int]?, steps: [Int]?
  ) throws(ImportError) -> [Int: Part] {
    guard let starts, let ends else { throw malformed("has no starts and ends") }
    let axes = axes ?? Array(starts.indices)
    let steps = steps ?? [Int](repeating: 1, count: starts.count)
    guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count
    else { throw malformed("starts, ends, axes and steps are of different lengths") }
    var result: [Int: Part] = [:]
    for (place, given) in axes.enumerated() {
      let axis = try normalise(axis: given, rank: sizes.count)
      let (size, step) = (sizes[axis], steps[place])
      guard step != 0, step > Int.min, result[axis] == nil else {
        throw malformed("step is \(step) on axis \(axis)")
      }
      func clamped(_ end: Int, _ range: ClosedRange<Int>) -> Int {
        let counted = end < 0 ? max(end, -size - 1) + size : end
        return min(max(counted, range.lowerBound), range.upperBound)
      }
      let range = step > 0 ? 0...size : -1...max(size - 1, -1)
      let start = clamped(starts[place], step > 0 ? range : 0...max(size - 1, 0))
      let end = clamped(ends[place], range)
      let distance = step > 0 ? end - start : start - end
      let stride = Int(step.magnitude)
      let count = distance <= 0 ? 0 : (distance - 1) / stride + 1
      result[axis] = Part(start: start, count: count, step: count > 1 ? step : 1)
    }
    return result
  }

  /// The axis of Split and its parts.
  fileprivate func splits(
    _ sizes: [Int], listed: [Int]?
  ) throws(ImportError) -> (axis: Int, parts: [Part]) {
    let axis = try normalise(axis: try integer("axis") ?? 0, rank: sizes.count)
    let size = sizes[axis]
    let outputs = proto.output.count
    var lengths = listed ?? []
    if listed == nil {
      guard outputs > 0 else { throw malformed("has no outputs") }
      let share = (size + outputs - 1) / outputs
      lengths = (0..<outputs).map { max(0, min(share, size - $0 * share)) }
    }
    guard lengths.count == outputs, lengths.allSatisfy({ (0...size).contains($0) }),
      lengths.reduce(0, +) == size
    else { throw malformed("into \(lengths) of \(size) places and \(outputs) outputs") }
    var start = 0
    var parts: [Part] = []
    for length in lengths {
      parts.append(Part(start: start, count: length, step: 1))
      start += length
    }
    return (axis, parts)
  }

  /// What Pad adds before and after each axis.
  fileprivate func pads(
    rank: Int, listed pads: [Int]?, axes given: [Int]?
  ) throws(ImportError) -> [(before: Int, after: Int)] {
    guard let pads else { throw malformed("has no pads") }
    var axes: [Int] = []
    for axis in given ?? Array(0..<rank) { axes.append(try normalise(axis: axis, rank: rank)) }
    guard pads.count == 2 * axes.count, Set(axes).count == axes.count else {
      throw malformed("has \(pads.count) pads for \(axes.count) axes, needs two each")
    }
    guard pads.allSatisfy({ (-65535...65535).contains($0) }) else {
      throw unsupported("pads are \(pads); supported are up to 65535")
    }
    var result = [(before: Int, after: Int)](repeating: (0, 0), count: rank)
    for (place, axis) in axes.enumerated() {
      result[axis] = (pads[place], pads[place + axes.count])
    }
    return result
  }
}
