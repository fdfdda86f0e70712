import Dispatch
import Foundation

/// Runs a graph in float32 on batches of images.
///
/// Images are processed in portions of bounded memory, several portions at once on the machine's
/// cores. A portion's size depends on the graph alone, so results don't depend on the number of
/// cores. A value is freed after its last reader.
public struct FloatExecutor: Sendable {
  public let graph: Graph
  /// Images in one portion.
  let portion: Int

  /// Largest tensor of a portion, in numbers (16 MiB).
  private static let portionNumbers = 4 << 20

  public init(_ graph: Graph) {
    self.graph = graph
    let largest = graph.values.reduce(1) { max($0, $1.shape.count) }
    portion = max(1, min(256, Self.portionNumbers / largest))
  }

  /// The graph's output and the values in `keeping` for every image of `input`.
  ///
  /// - Throws: ``ExecutionError`` when `input` does not have the shape of the graph's input, or
  ///   a node's operands don't fit its operation.
  public func run(
    _ input: Tensor, keeping: Set<ValueID> = []
  ) throws(ExecutionError) -> [ValueID: Tensor] {
    try run(from: [graph.input: input], to: keeping.union([graph.output]))
  }

  /// The values in `wanted`, computed from the values in `given`, which need not include the
  /// graph's input. Only nodes that lie between the two are run.
  ///
  /// - Throws: ``ExecutionError`` when a wanted value depends on one that is not there, or shapes
  ///   or numbers of images don't agree.
  public func run(
    from given: [ValueID: Tensor], to wanted: Set<ValueID>
  ) throws(ExecutionError) -> [ValueID: Tensor] {
    let schedule = try Schedule(graph, given: given, wanted: wanted)
    var results = given.filter { wanted.contains($0.key) }
    var collected: [ValueID: [Float]] = [:]
    for id in wanted where given[id] == nil {
      collected[id] = []
      collected[id]!.reserveCapacity(schedule.count * graph[id].shape.count)
    }
    forEachPortion(schedule, given: given) { _, values in
      for (id, tensor) in values {
        collected[id]?.append(contentsOf: tensor.storage)
      }
    }
    for (id, storage) in collected {
      results[id] = Tensor(count: schedule.count, shape: graph[id].shape, storage: storage)
    }
    return results
  }

  /// Calls `body` with the values in `wanted` for one portion of the images after the other, in
  /// order and never two at once: for statistics over values that are too large to keep. The range
  /// says which images the tensors hold.
  ///
  /// - Throws: ``ExecutionError`` as `run(from:to:)`.
  public func forEachPortion(
    from given: [ValueID: Tensor], to wanted: Set<ValueID>,
    _ body: (Range<Int>, [ValueID: Tensor]) -> Void
  ) throws(ExecutionError) {
    forEachPortion(try Schedule(graph, given: given, wanted: wanted), given: given, body)
  }

  private func forEachPortion(
    _ schedule: Schedule, given: [ValueID: Tensor],
    _ body: (Range<Int>, [ValueID: Tensor]) -> Void
  ) {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let starts = Array(stride(from: 0, to: schedule.count, by: portion))
    BLAS.onOneThread {
      for wave in stride(from: 0, to: starts.count, by: cores) {
        let ranges = starts[wave..<min(wave + cores, starts.count)].map {
          $0..<min($0 + portion, schedule.count)
        }
        let done = ResultSlots(ranges.count)
        DispatchQueue.concurrentPerform(iterations: ranges.count) { index in
          done.set(index, execute(schedule, given: given, images: ranges[index]))
        }
        for (index, range) in ranges.enumerated() { body(range, done.take(index)) }
      }
    }
  }

  /// Runs the schedule on one portion of the images.
  private func execute(
    _ schedule: Schedule, given: [ValueID: Tensor], images: Range<Int>
  ) -> [ValueID: Tensor] {
    var live: [ValueID: Tensor] = [:]
    for id in schedule.sources { live[id] = given[id]!.images(images) }
    for step in schedule.steps {
      let node = graph.nodes[step.node]
      live[node.output] = compute(node, node.inputs.map { live[$0]! })
      for id in step.freed { live[id] = nil }
    }
    return live
  }

  private func compute(_ node: Node, _ inputs: [Tensor]) -> Tensor {
    let shape = graph[node.output].shape
    switch node.operation {
    case .convolution(let convolution):
      return convolve(inputs[0], convolution, output: shape)
    case .maxPool(let pooling):
      return maxPool(inputs[0], pooling, output: shape)
    case .averagePool(let pooling):
      return averagePool(inputs[0], pooling, output: shape)
    case .globalAveragePool:
      return globalAveragePool(inputs[0])
    case .add(let activation):
      return sum(inputs[0], inputs[1], activation)
    case .multiply:
      return product(inputs[0], inputs[1])
    case .concat:
      return concatenate(inputs, output: shape)
    case .activation(let activation):
      var result = inputs[0]
      result.storage.withUnsafeMutableBufferPointer { activation.apply($0) }
      return result
    case .function(let function):
      return map(inputs[0], function)
    }
  }
}

/// One place for each of several concurrent results.
private final class ResultSlots: @unchecked Sendable {
  private var slots: [[ValueID: Tensor]]
  private let lock = NSLock()

  init(_ count: Int) { slots = Array(repeating: [:], count: count) }

  func set(_ index: Int, _ values: [ValueID: Tensor]) {
    lock.withLock { slots[index] = values }
  }

  func take(_ index: Int) -> [ValueID: Tensor] {
    lock.withLock {
      defer { slots[index] = [:] }
      return slots[index]
    }
  }
}
