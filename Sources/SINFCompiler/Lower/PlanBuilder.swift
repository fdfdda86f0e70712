import SINFGraph

/// Collects the blocks of all programs for the memory plan.
struct PlanBuilder {
  /// A block or tensor of one program.
  struct Key: Hashable {
    var program: Int
    var value: ValueID
  }

  private(set) var storages: [Storage] = []
  private(set) var graphs: [QuantizedGraph] = []
  /// Which entry of `buffers` holds a value that owns its block.
  private(set) var bufferOf: [Key: Int] = [:]
  private var buffers: [PlannedBuffer] = []
  private var programs: [(name: String, steps: [String])] = []
  private var featuresBuffer: Int?
  /// The tensor that other parts know as features.
  private(set) var features: Key?

  /// Adds the next program; the features come first, if there are any.
  mutating func add(_ quantized: QuantizedGraph, _ part: NetworkParts.Part) {
    let graph = quantized.graph
    let program = graphs.count
    let storage = Storage(quantized)
    graphs.append(quantized)
    storages.append(storage)
    programs.append((part.description, graph.nodes.map(\.name)))
    for owner in storage.owners {
      var steps = storage.steps(of: owner)
      if owner == graph.input, let featuresBuffer {
        // Whoever runs behind the route predictor needs them again.
        if part == .route { steps = -1...graph.nodes.count }
        buffers[featuresBuffer].uses.append(.init(program: program, steps: steps))
        bufferOf[Key(program: program, value: owner)] = featuresBuffer
        continue
      }
      bufferOf[Key(program: program, value: owner)] = buffers.count
      buffers.append(
        PlannedBuffer(
          name: graph[owner].name, bytes: quantized.bytes(of: owner),
          uses: [.init(program: program, steps: steps)]))
    }
    for (step, node) in graph.nodes.enumerated() {
      for operand in quantized.requantizedOperands(of: node, storage) {
        bufferOf[Key(program: program, value: operand.key(at: step, in: graph))] = buffers.count
        buffers.append(
          PlannedBuffer(
            name: graph[operand.value].name + " requantised",
            bytes: graph[operand.value].shape.pixels
              * QuantizedGraph.filled(graph[operand.value].shape.channels),
            uses: [.init(program: program, steps: step...step)]))
      }
    }
    if part == .features {
      let place = storage.place(of: graph.output)
      featuresBuffer = bufferOf[Key(program: program, value: place.owner)]
      features = Key(program: program, value: graph.output)
    }
  }

  func plan() -> MemoryPlan { MemoryPlan(buffers: buffers, programs: programs) }
}

/// An operand of a concatenation that has to be requantised before it can be copied.
struct RequantizedOperand {
  var value: ValueID
  /// Position among the node's operands.
  var position: Int

  /// A name for the copy, beyond all values of the graph.
  func key(at step: Int, in graph: Graph) -> ValueID {
    ValueID(graph.values.count + step * 4096 + position)
  }
}

extension QuantizedGraph {
  static func filled(_ channels: Int) -> Int { (channels + 3) / 4 * 4 }

  /// Whether the value is the image in bytes or logits in floats rather than a quantised tensor.
  func isImage(_ value: ValueID) -> Bool { readsImage && value == graph.input }
  func isLogits(_ value: ValueID) -> Bool { parameters[value] == nil && !isImage(value) }

  /// Bytes from one pixel to the next in a block that `owner` has for itself.
  func pixelStride(of owner: ValueID) -> Int {
    let channels = graph[owner].shape.channels
    if isImage(owner) { return 4 }
    return isLogits(owner) ? channels * 4 : Self.filled(channels)
  }

  func bytes(of owner: ValueID) -> Int { graph[owner].shape.pixels * pixelStride(of: owner) }

  /// Operands of a concatenation that have another quantisation than its result.
  func requantizedOperands(of node: Node, _ storage: Storage) -> [RequantizedOperand] {
    guard case .concat = node.operation else { return [] }
    return node.inputs.enumerated().compactMap { position, value in
      parameters[value] == parameters[node.output]
        ? nil : RequantizedOperand(value: value, position: position)
    }
  }
}
