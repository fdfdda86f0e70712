extension Graph {
  /// Joins what can be joined without changing the network's answer beyond rounding:
  ///
  /// - scales and shifts (batch normalisation, constant terms) into the convolution before or
  ///   after them,
  /// - activations into the operation before them,
  /// - zero padding into the convolutions and pools after it,
  /// - chains of functions into one,
  /// - a choice among channels into the convolutions after it, where that is no more work,
  ///
  /// each only where no other node reads the value in between. Then drops what nothing reads.
  public mutating func simplify() {
    while joinOnce() {}
    removeUnused()
  }

  /// Makes one change; false when there is none left to make.
  private mutating func joinOnce() -> Bool {
    let links = Links(self)
    for index in nodes.indices {
      switch nodes[index].operation {
      case .convolution(let conv):
        if conv.isIdentity, bypass(index, links) { return true }
        if conv.isAffine && (joinBefore(index, conv, links) || joinAfter(index, conv, links)) {
          return true
        }
        if conv.isZeroPadding, pushPadding(index, conv.padding, links) { return true }
        if joinSelection(index, conv, links) { return true }
      case .activation(let activation):
        if joinActivation(index, activation, links) { return true }
      case .function(let function):
        if joinFunction(index, function, links) { return true }
      default:
        break
      }
    }
    return false
  }

  /// The node that makes `id` and whose result nothing else reads.
  private func soleProducer(of id: ValueID, _ links: Links) -> Int? {
    guard id != output, links.readers[id.index].count == 1 else { return nil }
    return links.producers[id.index]
  }

  /// Lets the readers of an identity read what it reads.
  private mutating func bypass(_ index: Int, _ links: Links) -> Bool {
    guard nodes[index].output != output else { return false }
    redirect(nodes[index].output, to: nodes[index].inputs[0], links)
    nodes.remove(at: index)
    return true
  }

  private mutating func redirect(_ old: ValueID, to new: ValueID, _ links: Links) {
    for reader in links.readers[old.index] {
      nodes[reader].inputs = nodes[reader].inputs.map { $0 == old ? new : $0 }
    }
  }

  /// An affine node into the convolution before it.
  private mutating func joinBefore(_ index: Int, _ affine: Convolution, _ links: Links) -> Bool {
    guard let previous = soleProducer(of: nodes[index].inputs[0], links) else { return false }
    switch nodes[previous].operation {
    case .convolution(let conv) where conv.activation == .none:
      nodes[previous].operation = .convolution(conv.followed(by: affine))
    case .function(let function):
      // The same for all channels: part of the function.
      guard let scale = affine.weights.first, let shift = affine.bias.first,
        affine.weights.allSatisfy({ $0 == scale }), affine.bias.allSatisfy({ $0 == shift }),
        function.operations < Self.mostJoinedOperations
      else { return false }
      let (low, high) = affine.activation.bounds
      nodes[previous].operation = .function(
        .clamp(low: low, high: high).after(.affine(scale: scale, shift: shift)).after(function))
    default:
      return false
    }
    nodes[previous].output = nodes[index].output
    nodes.remove(at: index)
    return true
  }

  /// An affine node into the convolution after it.
  private mutating func joinAfter(_ index: Int, _ affine: Convolution, _ links: Links) -> Bool {
    let result = nodes[index].output
    guard affine.activation == .none, result != output, links.readers[result.index].count == 1,
      let next = links.readers[result.index].first,
      case .convolution(let conv) = nodes[next].operation,
      let joined = conv.preceded(by: affine)
    else { return false }
    nodes[next].operation = .convolution(joined)
    nodes[next].inputs = nodes[index].inputs
    nodes.remove(at: index)
    return true
  }

  private mutating func joinActivation(
    _ index: Int, _ activation: Activation, _ links: Links
  ) -> Bool {
    if activation == .none { return bypass(index, links) }
    guard let previous = soleProducer(of: nodes[index].inputs[0], links) else { return false }
    switch nodes[previous].operation {
    case .convolution(var conv):
      conv.activation = conv.activation.followed(by: activation)
      nodes[previous].operation = .convolution(conv)
    case .add(let first):
      nodes[previous].operation = .add(first.followed(by: activation))
    case .activation(let first):
      nodes[previous].operation = .activation(first.followed(by: activation))
    case .function(let first):
      let (low, high) = activation.bounds
      nodes[previous].operation = .function(.clamp(low: low, high: high).after(first))
    default:
      return false
    }
    nodes[previous].output = nodes[index].output
    nodes.remove(at: index)
    return true
  }

  /// A function into the function before it; so are activations and plain scales that stand alone.
  private mutating func joinFunction(
    _ index: Int, _ function: ScalarFunction, _ links: Links
  ) -> Bool {
    guard let previous = soleProducer(of: nodes[index].inputs[0], links),
      let first = nodes[previous].operation.asFunction
    else { return false }
    let joined = function.after(first)
    guard joined.operations <= Self.mostJoinedOperations else { return false }
    nodes[previous].operation = .function(joined)
    nodes[previous].output = nodes[index].output
    nodes.remove(at: index)
    return true
  }

  /// Beyond that a chain of functions stays a chain; no network comes near.
  private static let mostJoinedOperations = 64

  /// A choice among channels into a convolution that reads it, where reading all channels is no
  /// more work than choosing first.
  private mutating func joinSelection(
    _ index: Int, _ selection: Convolution, _ links: Links
  ) -> Bool {
    let result = nodes[index].output
    let readers = links.readers[result.index].filter { reader in
      guard case .convolution(let conv) = nodes[reader].operation, conv.groups == 1 else {
        return false
      }
      let all = conv.outputChannels * conv.kernelHeight * conv.kernelWidth
      return self[nodes[reader].output].shape.pixels * all
        * (selection.inputChannels - selection.outputChannels)
        <= self[result].shape.pixels * selection.inputChannels * selection.outputChannels
    }
    guard let reader = readers.first, let sources = selection.selectedChannels,
      case .convolution(let conv) = nodes[reader].operation
    else { return false }
    nodes[reader].operation = .convolution(
      conv.reading(sources, of: selection.inputChannels))
    nodes[reader].inputs = nodes[index].inputs
    return true
  }

  /// Zero padding into every node that reads it, or into none.
  private mutating func pushPadding(_ index: Int, _ padding: Padding, _ links: Links) -> Bool {
    let padded = nodes[index].output
    let source = nodes[index].inputs[0]
    let readers = links.readers[padded.index]
    guard padded != output, !readers.isEmpty else { return false }
    var operations: [Operation] = []
    for reader in readers {
      guard
        let operation = nodes[reader].operation.padded(
          by: padding, neverNegative: isNeverNegative(source, links))
      else { return false }
      operations.append(operation)
    }
    for (reader, operation) in zip(readers, operations) { nodes[reader].operation = operation }
    redirect(padded, to: source, links)
    nodes.remove(at: index)
    return true
  }

  /// Whether an activation keeps `id` from falling below zero.
  private func isNeverNegative(_ id: ValueID, _ links: Links) -> Bool {
    guard let producer = links.producers[id.index] else { return false }
    switch nodes[producer].operation {
    case .convolution(let conv): return conv.activation.bounds.low >= 0
    case .add(let activation), .activation(let activation): return activation.bounds.low >= 0
    default: return false
    }
  }

  /// Drops nodes and values that the output does not depend on, and numbers the values anew.
  public mutating func removeUnused() {
    var needed: Set<ValueID> = [output]
    for index in nodes.indices.reversed() where needed.contains(nodes[index].output) {
      needed.formUnion(nodes[index].inputs)
    }
    nodes.removeAll { !needed.contains($0.output) }
    needed.insert(input)
    let kept = values.indices.filter { needed.contains(ValueID($0)) }
    var places = [Int: ValueID]()
    for (place, index) in kept.enumerated() { places[index] = ValueID(place) }
    values = kept.map { values[$0] }
    for index in nodes.indices {
      nodes[index].inputs = nodes[index].inputs.map { places[$0.index]! }
      nodes[index].output = places[nodes[index].output.index]!
    }
    input = places[input.index]!
    output = places[output.index]!
  }
}

/// Who makes and who reads each value, by index; a node that reads a value twice stands once.
private struct Links {
  var producers: [Int?]
  var readers: [[Int]]

  init(_ graph: Graph) {
    producers = Array(repeating: nil, count: graph.values.count)
    readers = Array(repeating: [], count: graph.values.count)
    for (index, node) in graph.nodes.enumerated() {
      producers[node.output.index] = index
      for id in node.inputs where readers[id.index].last != index {
        readers[id.index].append(index)
      }
    }
  }
}

extension Operation {
  /// What this does to each number, where that is the same for all and depends on it alone.
  fileprivate var asFunction: ScalarFunction? {
    switch self {
    case .function(let function): return function
    case .activation(let activation):
      let (low, high) = activation.bounds
      return .clamp(low: low, high: high)
    default: return nil
    }
  }

  /// This operation on an image without `padding` that it was written to read with, or nil where
  /// zeros around the image would not be the same.
  fileprivate func padded(by padding: Padding, neverNegative: Bool) -> Operation? {
    switch self {
    case .convolution(var conv):
      conv.padding = conv.padding + padding
      return .convolution(conv)
    case .averagePool(var pool):
      // The zeros counted in the divisor; padding of the pool's own must do so as well.
      guard pool.padding == .none || pool.countsPadding else { return nil }
      pool.padding = pool.padding + padding
      pool.countsPadding = true
      return pool.reachesImage ? .averagePool(pool) : nil
    case .maxPool(var pool):
      // A zero wins no maximum over numbers that are never negative.
      guard neverNegative else { return nil }
      pool.padding = pool.padding + padding
      return pool.reachesImage ? .maxPool(pool) : nil
    default:
      return nil
    }
  }
}

extension Pooling {
  /// Whether padding is narrower than the window on every side, so that none lies all outside.
  fileprivate var reachesImage: Bool {
    max(padding.top, padding.bottom) < kernelHeight
      && max(padding.left, padding.right) < kernelWidth
  }
}

extension Padding {
  static func + (left: Padding, right: Padding) -> Padding {
    Padding(
      top: left.top + right.top, left: left.left + right.left, bottom: left.bottom + right.bottom,
      right: left.right + right.right)
  }
}
