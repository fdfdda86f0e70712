import SINFGraph

/// Which bytes each value of one part shares with others, before anything has an offset: operands
/// of a concatenation are made in place as channels of its result, and sums and lookups replace
/// an operand that nobody reads later.
struct Storage {
  /// Where a value lies: `offset` bytes inside each pixel of the block that `owner` has.
  struct Place {
    var owner: ValueID
    var offset: Int
  }

  private let graph: Graph
  private var places: [ValueID: Place] = [:]
  /// Last node that reads a value; the number of nodes for the output.
  private var lastRead: [ValueID: Int] = [:]
  private var madeAt: [ValueID: Int] = [:]

  init(_ quantized: QuantizedGraph) {
    graph = quantized.graph
    for (index, node) in graph.nodes.enumerated() {
      madeAt[node.output] = index
      for input in node.inputs { lastRead[input] = index }
    }
    madeAt[graph.input] = -1
    lastRead[graph.output] = graph.nodes.count
    shareConcatenations(quantized)
    shareInPlace()
  }

  private mutating func shareConcatenations(_ quantized: QuantizedGraph) {
    for node in graph.nodes {
      guard case .concat = node.operation else { continue }
      var offset = 0
      for input in node.inputs {
        // A place that is no multiple of four can only be copied to; the part's input already
        // has a place; and what a block holds must be of one quantisation.
        if offset % 4 == 0, input != graph.input, places[input] == nil,
          quantized.parameters[input] == quantized.parameters[node.output]
        {
          places[input] = Place(owner: node.output, offset: offset)
        }
        offset += graph[input].shape.channels
      }
    }
  }

  private mutating func shareInPlace() {
    let joined = Set(places.values.map(\.owner))
    for (index, node) in graph.nodes.enumerated() {
      switch node.operation {
      case .add, .multiply, .activation, .function: break
      default: continue
      }
      guard places[node.output] == nil, !joined.contains(node.output) else { continue }
      let replaced = node.inputs.first { input in
        input != graph.input && graph[input].shape == graph[node.output].shape
          && lastRead[input] == index && places[input] == nil
          && !joined.contains(input)
      }
      if let replaced { places[replaced] = Place(owner: node.output, offset: 0) }
    }
  }

  /// The value whose block holds `value`, and where in each pixel.
  func place(of value: ValueID) -> Place {
    var result = Place(owner: value, offset: 0)
    while let next = places[result.owner] {
      result = Place(owner: next.owner, offset: result.offset + next.offset)
    }
    return result
  }

  /// The values with a block of their own.
  var owners: [ValueID] {
    ([graph.input] + graph.nodes.map(\.output)).filter { places[$0] == nil }
  }

  /// The steps in which the block of `owner` is needed.
  func steps(of owner: ValueID) -> ClosedRange<Int> {
    var first = madeAt[owner]!
    var last = max(lastRead[owner] ?? first, first)
    for (value, made) in madeAt where value != owner && place(of: value).owner == owner {
      first = min(first, made)
      last = max(last, lastRead[value] ?? made)
    }
    return first...last
  }
}
