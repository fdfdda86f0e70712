import SINFGraph

/// Which values must have the same quantisation: maximum, concatenation and convolutions that only
/// choose numbers move stored values without changing them.
struct SharedParameters {
  private var parent: [Int]

  /// - Parameter fixed: a value whose parameters another part has already set. A pooling of it
  ///   shares them; a concatenation doesn't (its other operands may need a wider range), so the
  ///   value is requantised on the way in.
  init(_ graph: Graph, fixed: ValueID?) {
    parent = Array(graph.values.indices)
    // Poolings first: what shares with the fixed value has to be known before concatenations.
    for node in graph.nodes {
      // The image, where the part reads it, has no quantisation to share.
      let movesOnly = node.operation.movesOnly && (fixed != nil || node.inputs[0] != graph.input)
      if movesOnly { join(node.inputs[0].index, node.output.index) }
    }
    for node in graph.nodes {
      guard case .concat = node.operation else { continue }
      for input in node.inputs {
        if let fixed, root(input) == root(fixed) || root(node.output) == root(fixed) { continue }
        join(input.index, node.output.index)
      }
    }
  }

  func root(_ value: ValueID) -> Int {
    var index = value.index
    while parent[index] != index { index = parent[index] }
    return index
  }

  private mutating func join(_ a: Int, _ b: Int) {
    let (a, b) = (root(ValueID(a)), root(ValueID(b)))
    if a != b { parent[max(a, b)] = min(a, b) }
  }

  /// The parameters of every value but the image and the logits, from the statistics.
  func parameters(
    _ graph: Graph, statistics: [ValueID: ActivationStatistics], method: RangeMethod,
    fixed: (value: ValueID, parameters: QuantizationParameters)?, readsImage: Bool,
    makesLogits: Bool
  ) -> [ValueID: QuantizationParameters] {
    var histograms: [Int: Histogram] = [:]
    let made = graph.nodes.map(\.output)
    for value in made where isReadInItself(value, graph) {
      histograms[root(value), default: Histogram()].merge(statistics[value]!.histogram)
    }
    let functions = readingFunctions(graph)
    var byRoot: [Int: QuantizationParameters] = [:]
    for (root, histogram) in histograms {
      byRoot[root] = histogram.parameters(method, through: functions[root] ?? [])
    }
    if let fixed { byRoot[root(fixed.value)] = fixed.parameters }
    var result: [ValueID: QuantizationParameters] = [:]
    for value in made + [graph.input] {
      if value == graph.input && readsImage { continue }
      if value == graph.output && makesLogits { continue }
      result[value] = byRoot[root(value)]!
    }
    return result
  }

  /// By root: the functions that read a value which shares with no other one and which nothing
  /// else reads. Its range then only has to serve what they make of it.
  private func readingFunctions(_ graph: Graph) -> [Int: [ScalarFunction]] {
    var sharing: [Int: Int] = [:]
    for value in graph.values.indices { sharing[root(ValueID(value)), default: 0] += 1 }
    var result: [Int: [ScalarFunction]] = [:]
    for value in graph.nodes.map(\.output) {
      guard value != graph.output, sharing[root(value)] == 1 else { continue }
      let functions = graph.consumers(of: value).map { index -> ScalarFunction? in
        if case .function(let function) = graph.nodes[index].operation { return function }
        return nil
      }
      if functions.allSatisfy({ $0 != nil }) { result[root(value)] = functions.compactMap { $0 } }
    }
    return result
  }

  /// Whether something other than what moves it on reads the value. Otherwise only what
  /// passes those matters for the range: what loses a maximum may saturate freely.
  private func isReadInItself(_ value: ValueID, _ graph: Graph) -> Bool {
    if value == graph.output { return true }
    return graph.consumers(of: value).contains { index in
      switch graph.nodes[index].operation {
      case .maxPool, .concat, .convolution: root(graph.nodes[index].output) != root(value)
      default: true
      }
    }
  }
}

extension Operation {
  /// Whether each number that this makes is one of its single operand's, or zero.
  fileprivate var movesOnly: Bool {
    switch self {
    case .maxPool: true
    case .convolution(let convolution): convolution.isSelection
    default: false
    }
  }
}
