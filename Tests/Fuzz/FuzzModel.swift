import SINFModel
import SINFRuntime

// libFuzzer target: bytes as a model file. What the reader accepts is walked through and run on
// every set of kernels that this machine has. Besides what the sanitizer and Swift's own checks
// find, it traps where a set of kernels gives other logits than the reference, or where a label is
// no class of the model.

/// Work that a run may take, so that thousands fit into a second. Larger models are only read.
private let mostWork = 1 << 22
private let mostArenaBytes = 1 << 20

@_silgen_name("__asan_poison_memory_region")
private func poison(_ start: UnsafeMutableRawPointer, _ count: Int)
@_silgen_name("__asan_unpoison_memory_region")
private func unpoison(_ start: UnsafeMutableRawPointer, _ count: Int)

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzModel(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
  // A copy of exactly the file's length at the alignment of a mapping: reading past it is seen.
  let file = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
  defer { file.deallocate() }
  file.copyMemory(from: UnsafeRawBufferPointer(start: bytes, count: count))
  do throws(ModelError) {
    let model = try Model(validating: UnsafeRawBufferPointer(file))
    read(model)
    if work(of: model) <= mostWork, model.arenaBytes <= mostArenaBytes { run(model) }
  } catch {
    precondition(error.offset >= 0 && !error.rule.isEmpty)
  }
  return 0
}

@_cdecl("mutate_records")
public func mutateRecords(
  _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ capacity: Int, _ seed: UInt32
) -> Int {
  let original = [UInt8](UnsafeBufferPointer(start: bytes, count: count))
  guard let sections = ModelSections(original), sections.isWhole else { return 0 }
  var mutator = RecordMutator(sections, seed: UInt64(seed))
  let mutated = mutator.mutate()
  guard mutated.count <= capacity else { return 0 }
  UnsafeMutableBufferPointer(start: bytes, count: capacity).update(fromContentsOf: mutated)
  return mutated.count
}

extension StaticString {
  fileprivate var isEmpty: Bool { utf8CodeUnitCount == 0 }
}

/// Touches all that the model hands out.
private func read(_ model: Model) {
  var sum = 0
  func add(_ bytes: UnsafeBufferPointer<UInt8>) { for byte in bytes { sum &+= Int(byte) } }
  for label in 0..<model.classCount { add(model.label(label)) }
  for cluster in 0..<model.clusterCount {
    add(model.clusterName(cluster))
    for member in model.clusterMembers(cluster) { precondition(member < model.classCount) }
    for row in model.clusterRows(cluster) { precondition(row < model.classCount) }
  }
  add(model.metadata.compilerVersion)
  add(model.metadata.networkName)
  add(model.metadata.inputDigest)
  for index in 0..<model.programCount {
    let program = model.program(at: index)
    for byte in program.weights { sum &+= Int(byte) }
    for position in 0..<program.operationCount {
      let operation = program.operation(position)
      for tensor in [operation.input, operation.secondInput ?? operation.input, operation.output] {
        precondition(tensor.arenaOffset + tensor.byteExtent <= model.arenaBytes)
      }
    }
  }
  precondition(sum >= 0)
}

/// An upper bound of the values that all programs read.
private func work(of model: Model) -> Int {
  var total = 0
  for index in 0..<model.programCount {
    let program = model.program(at: index)
    for position in 0..<program.operationCount {
      let operation = program.operation(position)
      let output = operation.output
      var cost = output.height * output.width * (output.pixelStride + 16)
      cost *= min(operation.window?.kernelHeight ?? 1, 1 << 10)
      cost *= min(operation.window?.kernelWidth ?? 1, 1 << 10)
      if operation.kind == .convolution { cost *= max(1, operation.input.channels) }
      total += min(cost, mostWork + 1)
      if total > mostWork { return total }
    }
  }
  return total
}

private func run(_ model: Model) {
  var expected: [[UInt32]] = []
  for index in 0..<Engine.instructionSetCount {
    let found = answers(of: model, on: Engine.instructionSet(at: index))
    if index == 0 { expected = found }
    precondition(found == expected, "kernels disagree")
  }
}

/// The bits of all logits of every mode.
private func answers(
  of model: Model, on instructionSet: UnsafePointer<CChar>
) -> [[UInt32]] {
  let share = (Engine.arenaBytes(for: model) + Arena.alignment - 1) & ~(Arena.alignment - 1)
  let tailBytes = 4096
  do throws(RuntimeError) {
    var arena = try Arena(bytes: share + tailBytes)
    var engine = try Engine(model: model, arena: &arena, instructionSet: instructionSet)
    let tail = try arena.take(bytes: tailBytes)
    poison(tail.baseAddress!, tailBytes)
    defer { unpoison(tail.baseAddress!, tailBytes) }
    var modes: [Mode] = [.routed]
    if model.hasWhole { modes.append(.whole) }
    modes += (0..<model.clusterCount).map { .cluster($0) }
    var found: [[UInt32]] = []
    for mode in modes {
      for index in 0..<engine.inputBytes { engine.input[index] = UInt8(index * 37 & 255) }
      let outcome = engine.run(mode)
      precondition(model.clusterCount == 0 || outcome.cluster ?? 0 < model.clusterCount)
      found.append(engine.logits.map(\.bitPattern))
      check(&engine, model)
    }
    return found
  } catch {
    preconditionFailure("the engine doesn't start: \(error)")
  }
}

/// The labels of the last run are classes, the best first.
private func check(_ engine: inout Engine, _ model: Model) {
  withUnsafeTemporaryAllocation(of: Ranked.self, capacity: 5) { ranked in
    let count = engine.top(5, into: ranked)
    precondition(count > 0)
    for place in 0..<count {
      precondition(ranked[place].classIndex >= 0 && ranked[place].classIndex < model.classCount)
    }
  }
}
