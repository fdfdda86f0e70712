import SINFModel

@testable import SINFRuntime

/// Runs a model's operations, one after the other, on every set of kernels that this machine has,
/// whole and in two parts, in an arena between inaccessible pages. What each operation leaves in its
/// output is compared with what the reference kernels leave.
struct ModelComparison {
  /// Most window elements and arena bytes of a model that is run.
  static let mostWork = 1 << 19
  static let mostArenaBytes = 1 << 22

  let model: Model

  /// Nil when the model is too large to be run, otherwise what is wrong, empty for nothing.
  func run() throws -> String? {
    guard model.arenaBytes <= Self.mostArenaBytes, work <= Self.mostWork else { return nil }
    let arena = GuardedMemory(count: model.arenaBytes)
    var expected: [UInt64] = []
    for index in 0..<Engine.instructionSetCount {
      let name = Engine.instructionSet(at: index)
      let kernels = try Kernels(instructionSet: name)
      for isDivided in [false, true] {
        // What lies between and behind tensors has no meaning: it differs from run to run.
        arena.slack.initializeMemory(as: UInt8.self, repeating: 0xC7)
        arena.bytes.initializeMemory(as: UInt8.self, repeating: UInt8(index * 2 + 31))
        let found = digests(kernels, arena.bytes.baseAddress!, isDivided: isDivided)
        if expected.isEmpty { expected = found }
        let place = zip(found, expected).enumerated().first { $0.element.0 != $0.element.1 }
        if let place {
          return "\(String(cString: name)), operation run \(place.offset): other bytes"
            + " than the reference"
        }
        if !arena.slack.allSatisfy({ $0 == 0xC7 }) {
          return "\(String(cString: name)): written behind the arena"
        }
      }
    }
    return ""
  }

  private var work: Int {
    var total = 0
    for index in 0..<model.programCount {
      let program = model.program(at: index)
      for position in 0..<program.operationCount {
        let operation = program.operation(position)
        let output = operation.output
        var cost = output.height * output.width * output.channels
        cost *= operation.window?.kernelHeight ?? 1
        if cost > Self.mostWork { return cost }
        cost *= operation.window?.kernelWidth ?? 1
        if operation.kind == .convolution { cost = cost &* operation.input.channels }
        total += cost
        if total > Self.mostWork { return total }
      }
    }
    return total
  }

  /// One digest an operation's output, of all programs; each after the features, which it may
  /// overwrite.
  private func digests(
    _ kernels: Kernels, _ base: UnsafeMutableRawPointer, isDivided: Bool
  ) -> [UInt64] {
    var found: [UInt64] = []
    for index in 0..<model.programCount {
      let image = model.image
      for byte in 0..<image.height * image.width * 4 {
        (base + image.arenaOffset).storeBytes(
          of: UInt8(truncatingIfNeeded: byte &* 37), toByteOffset: byte, as: UInt8.self)
      }
      for program in model.isRouted && index > 0 ? [0, index] : [index] {
        let program = model.program(at: program)
        for position in 0..<program.operationCount {
          let operation = program.operation(position)
          for part in isDivided ? Self.halves(of: operation) : [.whole] {
            kernels.execute(operation, in: base, part: part)
          }
          found.append(Self.digest(operation.output, base))
        }
      }
    }
    return found
  }

  private static func halves(of operation: OperationView) -> [Part] {
    let panels =
      operation.kind == .convolution
      ? (operation.output.channels + Packing.panelChannels - 1) / Packing.panelChannels : 1
    if panels > 1 { return [.panels(panels / 2..<panels), .panels(0..<panels / 2)] }
    let rows = operation.output.height
    return rows > 1 ? [.rows(rows / 2..<rows), .rows(0..<rows / 2)] : [.whole]
  }

  /// FNV-1a of a tensor's contents.
  private static func digest(_ tensor: TensorView, _ base: UnsafeMutableRawPointer) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for pixel in 0..<tensor.height * tensor.width {
      let start = base + tensor.arenaOffset + pixel * tensor.pixelStride
      for byte in 0..<tensor.channels * tensor.elementBytes {
        hash = (hash ^ UInt64(start.load(fromByteOffset: byte, as: UInt8.self))) &* 0x100_0000_01B3
      }
    }
    return hash
  }
}
