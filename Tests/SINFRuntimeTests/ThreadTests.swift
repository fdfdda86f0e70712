import SINFModel
import SINFModelWriter
import Testing

@testable import SINFRuntime

@Suite struct ThreadTests {
  private let file: FileMemory

  init() throws {
    file = FileMemory(try ModelWriter.bytes(for: WideModel.description))
  }

  /// Logits of images of noise, bit by bit.
  private func logits(
    of model: Model, threads: Int, instructionSet: UnsafePointer<CChar>?, images: Int = 2
  ) throws -> [UInt32] {
    var arena = try Arena(bytes: Engine.arenaBytes(for: model, threads: threads) + 4096)
    var engine = try Engine(
      model: model, arena: &arena, instructionSet: instructionSet, threads: threads)
    let tail = try arena.take(bytes: arena.capacity - (arena.used + 63) / 64 * 64)
    tail.initializeMemory(as: UInt8.self, repeating: 0xC7)
    var found: [UInt32] = []
    var state: UInt32 = 1
    for _ in 0..<images {
      for index in 0..<engine.inputBytes {
        state = state &* 1_664_525 &+ 1_013_904_223
        engine.input[index] = UInt8(truncatingIfNeeded: state >> 24)
      }
      _ = engine.run(.whole)
      found += engine.logits.map(\.bitPattern)
    }
    #expect(tail.allSatisfy { $0 == 0xC7 }, "written behind the arena's share")
    return found
  }

  @Test(arguments: 0..<Engine.instructionSetCount)
  func everyNumberOfThreadsGivesTheSameLogits(instructionSet: Int) throws {
    let model = try file.model
    let expected = try logits(
      of: model, threads: 1, instructionSet: Engine.instructionSet(at: 0))
    #expect(Set(expected).count > 100, "the model's answers say nothing")
    for threads in [1, 2, 3, 4, 5, 9] {
      let found = try logits(
        of: model, threads: threads, instructionSet: Engine.instructionSet(at: instructionSet))
      #expect(found == expected, "\(threads) threads")
    }
  }

  /// Many tasks, one after the other: a part that is lost, done twice or done late shows.
  @Test func runsAgreeForLong() throws {
    let model = try file.model
    let once = try logits(of: model, threads: 1, instructionSet: nil, images: 30)
    #expect(try logits(of: model, threads: 3, instructionSet: nil, images: 30) == once)
  }

  @Test func routedModelsGiveTheSameAnswers() throws {
    let routed = try FileMemory(ColorModel())
    let model = try routed.model
    var expected: [Answer]?
    for threads in 1...4 {
      var arena = try Arena(bytes: Engine.arenaBytes(for: model, threads: threads))
      var engine = try Engine(model: model, arena: &arena, threads: threads)
      let found = [Mode.routed, .whole, .cluster(1)].map {
        answer(&engine, Picture(10, 190, 30), $0)
      }
      #expect(expected == nil || found == expected)
      expected = found
    }
  }

  /// The tests above divide what they mean to divide.
  @Test func everyKindOfOperationIsDivided() throws {
    let program = try file.model.program(at: 0)
    var kinds: Set<OperationKind> = []
    var axes: Set<Division.Axis> = []
    for index in 0..<program.operationCount {
      let operation = program.operation(index)
      for threads in 2...5 {
        let division = Division(of: operation, threads: threads)
        if division.parts > 1 {
          kinds.insert(operation.kind)
          axes.insert(division.axis)
        }
      }
    }
    #expect(
      kinds == [.convolution, .depthwise, .maxPool, .averagePool, .add, .copy, .lookup, .multiply])
    #expect(axes == [.rows, .panels])
  }

  @Test(arguments: [1, 2, 3, 7, 64])
  func partsCoverAnOperationOnce(threads: Int) throws {
    let program = try file.model.program(at: 0)
    for index in 0..<program.operationCount {
      let division = Division(of: program.operation(index), threads: threads)
      #expect(division.parts >= 1 && division.parts <= min(division.units, 128))
      guard division.parts > 1 else { continue }
      var end = 0
      for part in 0..<division.parts {
        let range: Range<Int>
        switch division.part(part) {
        case .whole:
          Issue.record("one of several parts is the whole")
          return
        case .rows(let rows): range = rows
        case .panels(let panels): range = panels
        }
        #expect(range.lowerBound == end && !range.isEmpty)
        end = range.upperBound
      }
      #expect(end == division.units)
    }
  }

  @Test func stacksCountInTheArena() throws {
    let model = try file.model
    let needed = Engine.arenaBytes(for: model, threads: 3)
    var arena = try Arena(bytes: needed - 1)
    do throws(RuntimeError) {
      _ = try Engine(model: model, arena: &arena, threads: 3)
      Issue.record("accepted")
    } catch {
      #expect(error == .arenaTooSmall(needed: needed, available: needed - 1))
    }
    #expect(arena.used == 0)
  }
}
