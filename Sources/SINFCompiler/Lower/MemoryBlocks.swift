import SINFModel
import SINFModelWriter

/// What lies where in the arena while one program runs.
public struct MemoryBlocks: Sendable {
  /// "features", "route", "subgraph NAME" or "whole".
  public var name: String
  public var steps: Int
  public var blocks: [Block]

  /// A tensor from the step that writes it to the last one that reads it.
  public struct Block: Sendable, Equatable {
    public var name: String
    public var offset: Int
    public var bytes: Int
    public var steps: ClosedRange<Int>
  }
}

extension ModelDescription {
  /// The programs that an image may meet one after the other: features, predictor, the subgraph that
  /// needs most, the whole network's rest.
  public var memoryBlocks: [MemoryBlocks] {
    let subgraphs = programs.filter { $0.kind == .subgraph }
    let largest = subgraphs.map(\.cluster).max {
      (bytes(of: subgraphs[$0]), -$0) < (bytes(of: subgraphs[$1]), -$1)
    }
    let order: [ProgramKind] = [.features, .route, .subgraph, .whole]
    return order.compactMap { kind in
      programs.first { $0.kind == kind && (kind != .subgraph || $0.cluster == largest) }
    }.map(blocks)
  }

  private func bytes(of program: ProgramDescription) -> Int {
    blocks(of: program).blocks.map { $0.offset + $0.bytes }.max() ?? 0
  }

  private func blocks(of program: ProgramDescription) -> MemoryBlocks {
    let last = max(program.operations.count - 1, 0)
    var lives: [Int: ClosedRange<Int>] = [program.input: 0...0]
    for (step, operation) in program.operations.enumerated() {
      for tensor in operation.usedTensors {
        let known = lives[tensor] ?? step...step
        lives[tensor] = min(known.lowerBound, step)...max(known.upperBound, step)
      }
    }
    // The result outlives the program; what the predictor reads, those that follow read as well.
    for tensor in [program.output] + (program.kind == .route ? [program.input] : []) {
      if let known = lives[tensor] { lives[tensor] = known.lowerBound...last }
    }
    let name =
      switch program.kind {
      case .features: "features"
      case .route: "route"
      case .subgraph: "subgraph \(clusters[program.cluster].name)"
      case .whole: "whole"
      }
    return MemoryBlocks(
      name: name, steps: program.operations.count,
      blocks: lives.sorted { $0.key < $1.key }.map { tensor, steps in
        let t = tensors[tensor]
        let size = t.element == .float32 ? 4 : 1
        return MemoryBlocks.Block(
          name: "\(t.height)x\(t.width)x\(t.channels)", offset: t.arenaOffset,
          bytes: max(
            (t.height * t.width - 1) * t.pixelStride + t.channels * size, t.channels * size),
          steps: steps)
      })
  }
}

extension OperationDescription {
  /// Indices of the tensors that are read or written.
  fileprivate var usedTensors: [Int] {
    switch self {
    case .convolution(_, let input, let output), .depthwise(_, let input, let output),
      .maxPool(_, let input, let output), .averagePool(_, _, _, let input, let output),
      .copy(let input, let output), .lookup(_, let input, let output):
      [input, output]
    case .add(_, _, _, _, let a, let b, let output), .multiply(_, _, _, let a, let b, let output):
      [a, b, output]
    }
  }
}
