/// The nodes that lead from given values to wanted ones, and when each value can be freed.
struct Schedule: Sendable {
  struct Step {
    /// Index into the graph's nodes.
    var node: Int
    /// Values whose last reader this is.
    var freed: [ValueID]
  }

  /// Number of images.
  let count: Int
  /// Given values that some step reads.
  let sources: [ValueID]
  let steps: [Step]

  /// - Throws: ``ExecutionError`` when something is missing or doesn't fit.
  init(
    _ graph: Graph, given: [ValueID: Tensor], wanted: Set<ValueID>
  ) throws(ExecutionError) {
    let count = given.values.map(\.count).min() ?? 0
    for (id, tensor) in given {
      let value = graph[id]
      guard tensor.shape == value.shape else {
        throw .shapeMismatch(value: value.name, expected: value.shape, found: tensor.shape)
      }
      guard tensor.count == count else {
        throw .countMismatch(value: value.name, expected: count, found: tensor.count)
      }
    }

    // Backwards: what is needed. The first reader met this way is the last one in time.
    var needed = wanted.subtracting(given.keys)
    var sources: [ValueID] = []
    var kept = wanted
    var steps: [Step] = []
    for index in graph.nodes.indices.reversed() {
      let node = graph.nodes[index]
      guard needed.remove(node.output) != nil else { continue }
      try graph.check(node)
      var freed: [ValueID] = []
      for id in node.inputs {
        if kept.insert(id).inserted { freed.append(id) }
        if given[id] == nil {
          needed.insert(id)
        } else if !sources.contains(id) {
          sources.append(id)
        }
      }
      steps.append(Step(node: index, freed: freed))
    }
    if let missing = needed.min(by: { $0.index < $1.index }) {
      throw .missing(value: graph[missing].name)
    }
    self.count = count
    self.sources = sources
    self.steps = steps.reversed()
  }
}
