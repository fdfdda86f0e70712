import SINFGraph

/// Which channels of a graph stand or fall together.
///
/// Residual additions, depthwise convolutions, pooling and concatenation tie channels of several
/// tensors to each other: a class is one such set of (tensor, channel) pairs, found by union-find
/// over single channels, and is kept or left out as one. Classes that span the same tensors form a
/// dependency group, within which scores are comparable. (The idea of dependency groups: Fang et
/// al., "DepGraph: Towards Any Structural Pruning", CVPR 2023.)
public struct ChannelClasses: Sendable {
  /// Class of each channel, by value index then channel.
  public let classOf: [[Int]]
  /// Members of each class.
  public let members: [[Member]]
  /// Classes that may not be left out: those of the graph's input and output, and of grouped
  /// convolutions that are not depthwise.
  public let isFixed: [Bool]
  /// The removable classes by dependency group, in the order of the groups' first producer.
  public let groups: [[Int]]

  public struct Member: Hashable, Sendable {
    public var value: ValueID
    public var channel: Int
  }

  public init(_ graph: Graph) {
    var start: [Int] = []
    var total = 0
    for value in graph.values {
      start.append(total)
      total += value.shape.channels
    }
    var sets = DisjointSets(count: total)
    var fixed = Set<Int>()
    func element(_ value: ValueID, _ channel: Int) -> Int { start[value.index] + channel }
    func fix(_ value: ValueID) {
      for c in 0..<graph[value].shape.channels { fixed.insert(element(value, c)) }
    }
    func tie(_ a: ValueID, _ b: ValueID) {
      for c in 0..<graph[a].shape.channels { sets.join(element(a, c), element(b, c)) }
    }

    fix(graph.input)
    fix(graph.output)
    for node in graph.nodes {
      switch node.operation {
      case .convolution(let conv):
        if conv.isDepthwise && conv.outputChannels == conv.inputChannels {
          tie(node.inputs[0], node.output)
        } else if conv.groups > 1 {
          fix(node.inputs[0])
          fix(node.output)
        }
      case .maxPool, .averagePool, .globalAveragePool, .activation, .function:
        tie(node.inputs[0], node.output)
      case .add, .multiply:
        for input in node.inputs { tie(input, node.output) }
      case .concat:
        var offset = 0
        for input in node.inputs {
          for c in 0..<graph[input].shape.channels {
            sets.join(element(input, c), element(node.output, offset + c))
          }
          offset += graph[input].shape.channels
        }
      }
    }

    var classOfRoot: [Int: Int] = [:]
    var classOf = graph.values.map { [Int](repeating: 0, count: $0.shape.channels) }
    var members: [[Member]] = []
    for (v, value) in graph.values.enumerated() {
      for c in 0..<value.shape.channels {
        let root = sets.root(start[v] + c)
        let index: Int
        if let known = classOfRoot[root] {
          index = known
        } else {
          index = members.count
          classOfRoot[root] = index
          members.append([])
        }
        classOf[v][c] = index
        members[index].append(Member(value: ValueID(v), channel: c))
      }
    }
    var isFixed = [Bool](repeating: false, count: members.count)
    for e in fixed { isFixed[classOfRoot[sets.root(e)]!] = true }

    // Classes over the same set of values, in order of the first node that writes one of them.
    var groupOfKey: [[Int]: Int] = [:]
    var groups: [[Int]] = []
    for node in graph.nodes {
      for c in classOf[node.output.index] where !isFixed[c] {
        if members[c].first(where: { $0.value == node.output }) == nil { continue }
        let key = members[c].map(\.value.index)
        if let g = groupOfKey[key] {
          if groups[g].last != c && !groups[g].contains(c) { groups[g].append(c) }
        } else {
          groupOfKey[key] = groups.count
          groups.append([c])
        }
      }
    }
    self.classOf = classOf
    self.members = members
    self.isFixed = isFixed
    self.groups = groups
  }
}

/// Union-find with path halving and union by size.
struct DisjointSets {
  private var parent: [Int]
  private var size: [Int]

  init(count: Int) {
    parent = Array(0..<count)
    size = [Int](repeating: 1, count: count)
  }

  mutating func root(_ element: Int) -> Int {
    var e = element
    while parent[e] != e {
      parent[e] = parent[parent[e]]
      e = parent[e]
    }
    return e
  }

  mutating func join(_ a: Int, _ b: Int) {
    var (a, b) = (root(a), root(b))
    if a == b { return }
    if size[a] < size[b] { swap(&a, &b) }
    parent[b] = a
    size[a] += size[b]
  }
}
