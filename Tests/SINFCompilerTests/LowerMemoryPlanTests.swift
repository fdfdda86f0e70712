import SINFCompiler
import Testing

/// Blocks with random sizes and uses over several programs.
private func randomBuffers(_ seed: UInt64, programs: Int, steps: Int) -> [PlannedBuffer] {
  var generator = SeededGenerator(seed: seed)
  return (0..<40).map { index in
    let program = generator.below(programs)
    let first = generator.below(steps)
    var uses = [
      PlannedBuffer.Use(
        program: program, steps: first...min(steps, first + generator.below(5)))
    ]
    // Some are needed by several programs, as features are.
    if index % 8 == 0 {
      for other in 0..<programs where other != program {
        uses.append(.init(program: other, steps: -1...generator.below(3)))
      }
    }
    return PlannedBuffer(name: "b\(index)", bytes: 1 + generator.below(5000), uses: uses)
  }
}

@Suite struct LowerMemoryPlanTests {
  /// By bytes and moments, written apart from the planner: at every step of every program each byte
  /// of the arena belongs to at most one block.
  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func noByteHasTwoOwners(seed: UInt64) {
    let (programs, steps) = (4, 12)
    let buffers = randomBuffers(seed, programs: programs, steps: steps)
    let plan = MemoryPlan(
      buffers: buffers,
      programs: (0..<programs).map { ("p\($0)", (0..<steps).map { "s\($0)" }) })
    #expect(plan.buffers.count == buffers.count)
    for program in 0..<programs {
      for step in -1...steps {
        var owner = [Int](repeating: -1, count: plan.arenaBytes)
        for (index, buffer) in plan.buffers.enumerated() {
          let isNeeded = buffers[index].uses.contains {
            $0.program == program && $0.steps.contains(step)
          }
          guard isNeeded else { continue }
          #expect(buffer.offset % 64 == 0 && buffer.offset + buffer.bytes <= plan.arenaBytes)
          for byte in buffer.offset..<buffer.offset + buffer.bytes {
            #expect(owner[byte] == -1, "\(buffer.name) and b\(owner[byte]) share byte \(byte)")
            owner[byte] = index
          }
        }
      }
    }
    #expect(plan.arenaBytes >= plan.leastBytes)
    #expect(Double(plan.arenaBytes) <= 1.25 * Double(plan.leastBytes))
  }

  @Test func programsThatNeverMeetShareBytes() {
    let buffers = [
      PlannedBuffer(
        name: "features", bytes: 100,
        uses: [
          .init(program: 0, steps: 0...1), .init(program: 1, steps: -1...0),
          .init(program: 2, steps: -1...0),
        ]),
      PlannedBuffer(name: "a", bytes: 1000, uses: [.init(program: 1, steps: 0...1)]),
      PlannedBuffer(name: "b", bytes: 900, uses: [.init(program: 2, steps: 0...1)]),
    ]
    let plan = MemoryPlan(
      buffers: buffers, programs: [("f", ["0"]), ("s", ["0"]), ("w", ["0"])])
    #expect(plan.arenaBytes == 128 + 1024)
    #expect(plan.arenaBytes == plan.leastBytes)
    #expect(plan.buffers[1].offset == plan.buffers[2].offset)
  }

  @Test func planIsTheSameEveryTime() {
    let buffers = randomBuffers(5, programs: 3, steps: 8)
    let names = (0..<3).map { ("p\($0)", (0..<8).map { "s\($0)" }) }
    let first = MemoryPlan(buffers: buffers, programs: names)
    let second = MemoryPlan(buffers: buffers, programs: names)
    #expect(first.buffers.map(\.offset) == second.buffers.map(\.offset))
  }
}
