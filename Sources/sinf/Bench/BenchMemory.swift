import SINFModel
import SINFRuntime
import SINFWatch

/// What measuring keeps in the arena beside what classifying needs.
struct BenchMemory {
  let latencies: UnsafeMutableBufferPointer<UInt32>
  /// The network's input, which running it overwrites.
  let input: UnsafeMutableBufferPointer<UInt8>
  let operationTimes: UnsafeMutableBufferPointer<OperationTimes>
  /// Where the folder walk keeps its names.
  let walk: UnsafeMutableRawPointer

  private static let latencyBytes = Stage.count * Latencies.counterCount * 4

  private static func inputBytes(_ model: Model) -> Int {
    model.image.height * model.image.width * 4
  }

  private static func timesBytes(_ model: Model) -> Int {
    model.operationCount * MemoryLayout<OperationTimes>.stride
  }

  /// Rounded up as the arena does it.
  static func bytes(for model: Model) -> Int {
    Arena.rounded(latencyBytes) + Arena.rounded(inputBytes(model))
      + Arena.rounded(timesBytes(model))
      + FolderWalk.memoryBytes
  }

  /// - Parameter memory: `bytes(for: model)` zeros at a multiple of 64.
  init(_ memory: UnsafeMutableRawBufferPointer, _ model: Model) {
    let inputStart = Arena.rounded(BenchMemory.latencyBytes)
    let timesStart = inputStart + Arena.rounded(BenchMemory.inputBytes(model))
    latencies = piece(memory, 0, BenchMemory.latencyBytes).bindMemory(to: UInt32.self)
    input = piece(memory, inputStart, BenchMemory.inputBytes(model)).bindMemory(to: UInt8.self)
    operationTimes = piece(memory, timesStart, BenchMemory.timesBytes(model))
      .bindMemory(to: OperationTimes.self)
    let walkStart = timesStart + Arena.rounded(BenchMemory.timesBytes(model))
    walk = piece(memory, walkStart, FolderWalk.memoryBytes).baseAddress.unsafelyUnwrapped
  }

  /// The counters of one stage.
  func counters(_ stage: Stage) -> UnsafeMutableBufferPointer<UInt32> {
    let first = stage.rawValue * Latencies.counterCount
    return UnsafeMutableBufferPointer(rebasing: latencies[first..<first + Latencies.counterCount])
  }
}

private func piece(
  _ memory: UnsafeMutableRawBufferPointer, _ first: Int, _ count: Int
) -> UnsafeMutableRawBufferPointer {
  UnsafeMutableRawBufferPointer(rebasing: memory[first..<first + count])
}
