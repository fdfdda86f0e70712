import SINFGraph

/// A place where a graph can be cut in two because one tensor alone crosses.
public struct SplitCandidate: Sendable, Hashable {
  /// Index of the last node before the cut.
  public var node: Int
  /// That node's output, the only tensor that the rest reads.
  public var value: ValueID
  public var shape: Shape
  /// Multiply-accumulates of the nodes up to and including `node`.
  public var multiplyAccumulatesBefore: Int
}

extension Graph {
  /// All places where one tensor alone crosses, in order, without the graph's output. In a
  /// residual network these are the blocks' borders; a pooling after a convolution makes two.
  public func splitCandidates() -> [SplitCandidate] {
    // Last reader of each value; the output is read by the world after all nodes.
    var lastReader = [Int](repeating: -1, count: values.count)
    for (index, node) in nodes.enumerated() {
      for input in node.inputs { lastReader[input.index] = index }
    }
    lastReader[output.index] = nodes.count
    var result: [SplitCandidate] = []
    var open: Set<Int> = [input.index]
    var spent = 0
    for (index, node) in nodes.enumerated() {
      spent += multiplyAccumulates(of: node)
      open.insert(node.output.index)
      open = open.filter { lastReader[$0] > index }
      if open == [node.output.index], node.output != output {
        result.append(
          SplitCandidate(
            node: index, value: node.output, shape: self[node.output].shape,
            multiplyAccumulatesBefore: spent))
      }
    }
    return result
  }

  /// The graph before and behind `value`, which must be one of `splitCandidates()`. Both keep the
  /// numbering of values, so that a `ValueID` means the same tensor in all three.
  ///
  /// - Throws: `LoweringError` if other tensors cross as well.
  public func split(at value: ValueID) throws -> (head: Graph, tail: Graph) {
    let candidates = splitCandidates()
    guard let place = candidates.first(where: { $0.value == value }) else {
      throw LoweringError(
        "the network can't be split at '\(self[value].name)': other tensors cross there as well"
          + " (places that can: \(candidates.map { self[$0.value].name }.joined(separator: ", ")))")
    }
    let head = Graph(
      values: values, nodes: Array(nodes[...place.node]), input: input, output: value)
    let tail = Graph(
      values: values, nodes: Array(nodes[(place.node + 1)...]), input: value, output: output)
    return (head, tail)
  }
}
