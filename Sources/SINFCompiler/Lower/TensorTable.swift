import SINFGraph
import SINFModelWriter

/// The tensors of all programs as the file lists them: values where the plan has put them, and the
/// views and copies that operations need besides.
struct TensorTable {
  private(set) var descriptions: [TensorDescription] = []
  private var indices: [PlanBuilder.Key: Int] = [:]
  private let builder: PlanBuilder
  private let plan: MemoryPlan

  init(builder: PlanBuilder, plan: MemoryPlan) {
    self.builder = builder
    self.plan = plan
    for (program, quantized) in builder.graphs.enumerated() {
      let graph = quantized.graph
      for value in [graph.input] + graph.nodes.map(\.output) {
        let key = PlanBuilder.Key(program: program, value: value)
        if value == graph.input, let features = builder.features, program > 0 {
          // All parts read the one tensor that the feature extractor wrote.
          indices[key] = indices[features]!
          continue
        }
        indices[key] = descriptions.count
        descriptions.append(describe(value, key))
      }
    }
  }

  private func describe(_ value: ValueID, _ key: PlanBuilder.Key) -> TensorDescription {
    let quantized = builder.graphs[key.program]
    let place = builder.storages[key.program].place(of: value)
    let buffer = plan.buffers[builder.bufferOf[.init(program: key.program, value: place.owner)]!]
    let shape = quantized.graph[value].shape
    let parameters = quantized.parameters[value]
    return TensorDescription(
      element: quantized.isLogits(value) ? .float32 : .uint8, height: shape.height,
      width: shape.width, channels: shape.channels,
      pixelStride: quantized.pixelStride(of: place.owner),
      arenaOffset: buffer.offset + place.offset, scale: parameters?.scale ?? 1,
      zeroPoint: parameters?.zeroPoint ?? 0)
  }

  func index(of value: ValueID, in program: Int) -> Int {
    indices[.init(program: program, value: value)]!
  }

  subscript(index: Int) -> TensorDescription { descriptions[index] }

  /// Adds a view of `channels` of tensor `index`, beginning at `first`.
  mutating func view(of index: Int, first: Int, channels: Int) -> Int {
    var view = descriptions[index]
    view.arenaOffset += first
    view.channels = channels
    descriptions.append(view)
    return descriptions.count - 1
  }

  /// Adds the tensor that holds a requantised operand of node `step`.
  mutating func requantized(
    _ operand: RequantizedOperand, step: Int, program: Int,
    parameters: QuantizationParameters
  ) -> Int {
    let graph = builder.graphs[program].graph
    let key = PlanBuilder.Key(program: program, value: operand.key(at: step, in: graph))
    let shape = graph[operand.value].shape
    descriptions.append(
      TensorDescription(
        element: .uint8, height: shape.height, width: shape.width, channels: shape.channels,
        pixelStride: QuantizedGraph.filled(shape.channels),
        arenaOffset: plan.buffers[builder.bufferOf[key]!].offset, scale: parameters.scale,
        zeroPoint: parameters.zeroPoint))
    return descriptions.count - 1
  }

  /// Whether `value` already lies where the concatenation `output` has channels from `first`.
  func isInPlace(_ value: ValueID, in output: ValueID, first: Int, program: Int) -> Bool {
    let storage = builder.storages[program]
    let (from, to) = (storage.place(of: value), storage.place(of: output))
    return from.owner == to.owner && from.offset == to.offset + first
  }
}
