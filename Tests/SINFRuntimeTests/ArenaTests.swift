import SINFModel
import SINFRuntime
import Testing

@Suite struct ArenaTests {
  @Test func piecesAreAlignedZeroedAndApart() throws {
    var arena = try Arena(bytes: 1000)
    let sizes = [1, 64, 65, 0, 200]
    var end = UInt(0)
    for size in sizes {
      let piece = try arena.take(bytes: size)
      let start = UInt(bitPattern: piece.baseAddress!)
      #expect(start % 64 == 0)
      #expect(start >= end)
      #expect(piece.count == size)
      #expect(piece.allSatisfy { $0 == 0 })
      piece.initializeMemory(as: UInt8.self, repeating: 0xFF)
      end = start + UInt(size)
    }
    #expect(arena.used == 256 + 200)
    #expect(arena.capacity == 1000)
  }

  @Test func refusalNamesBothNumbersAndChangesNothing() throws {
    var arena = try Arena(bytes: 100)
    _ = try arena.take(bytes: 10)
    #expect(refusal(&arena, 40) == .arenaTooSmall(needed: 104, available: 100))
    #expect(arena.used == 10)
    #expect(refusal(&arena, .max) == .arenaTooSmall(needed: .max, available: 100))
    #expect(refusal(&arena, 36) == nil)
    #expect(arena.used == 100)
    #expect(refusal(&arena, 0) == .arenaTooSmall(needed: 128, available: 100))
  }

  private func refusal(_ arena: inout Arena, _ bytes: Int) -> RuntimeError? {
    do {
      _ = try arena.take(bytes: bytes)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [0, -1, Int.min, Int.max]) func impossibleArenasAreRefused(bytes: Int) {
    do {
      _ = try Arena(bytes: bytes)
      Issue.record("accepted")
    } catch {
      #expect(error == .noMemory(bytes: bytes))
    }
  }

  /// The budget grows byte by byte until the engine exists: each refusal is right about what it
  /// takes, and the first budget that passes gives the right answer.
  @Test(arguments: [0, 1, 100]) func budgetGrowsUntilTheModelFits(before: Int) throws {
    let file = try FileMemory(ColorModel())
    let model = try file.model
    let needed = (before + 63) / 64 * 64 + model.arenaBytes
    var refusals = 0
    for budget in 1...needed {
      var arena = try Arena(bytes: budget)
      do {
        _ = try arena.take(bytes: before)
        var engine = try Engine(model: model, arena: &arena)
        #expect(budget == needed)
        let picture = Picture(7, 8, 9)
        #expect(
          answer(&engine, picture, .whole).logits
            == ColorModel.logits(of: Array(0..<6), picture))
      } catch RuntimeError.arenaTooSmall(let found, let available) {
        refusals += 1
        #expect(found == (budget < before ? before : needed))
        #expect(available == budget)
      }
    }
    #expect(refusals == needed - 1)
  }
}
