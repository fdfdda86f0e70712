import SINFModel
import SINFModelWriter
import SINFRuntime
import Testing

@Suite struct RankingTests {
  private func check(_ found: Answer, classes: [Int], count: Int) {
    let logits = Dictionary(uniqueKeysWithValues: zip(classes, found.logits))
    let expected = classes.sorted {
      logits[$0]! != logits[$1]! ? logits[$0]! > logits[$1]! : $0 < $1
    }
    #expect(found.ranked.map(\.classIndex) == Array(expected.prefix(count)))
    let probabilities = softmax(classes.map { Double(logits[$0]!) })
    for entry in found.ranked {
      let exact = probabilities[classes.firstIndex(of: entry.classIndex)!]
      #expect(abs(Double(entry.probability) - exact) < 1e-6)
    }
  }

  @Test func bestClassesComeFirstForEveryCount() throws {
    let file = try FileMemory(ColorModel(threshold: 0))
    var arena = try Arena(bytes: 4096)
    var engine = try Engine(model: file.model, arena: &arena)
    for picture in [Picture(200, 20, 20), Picture(10, 190, 30), Picture(3, 1, 200)] {
      for count in 1...8 {
        check(answer(&engine, picture, .whole, top: count), classes: Array(0..<6), count: count)
        for cluster in 0..<3 {
          check(
            answer(&engine, picture, .cluster(cluster), top: count),
            classes: ColorModel.rows[cluster], count: count)
        }
      }
    }
  }

  /// Black: all logits are zero. Classes come in ascending order, whatever the rows' order.
  @Test func equalScoresAreOrderedByClass() throws {
    let file = try FileMemory(ColorModel())
    var arena = try Arena(bytes: 4096)
    var engine = try Engine(model: file.model, arena: &arena)
    let black = Picture(0, 0, 0)
    let whole = answer(&engine, black, .whole, top: 4)
    #expect(whole.ranked.map(\.classIndex) == [0, 1, 2, 3])
    #expect(whole.ranked.allSatisfy { $0.probability == 1 / Float(6) })
    #expect(answer(&engine, black, .cluster(1)).ranked.map(\.classIndex) == [1, 2, 4])
    #expect(answer(&engine, black, .cluster(0), top: 1).ranked.map(\.classIndex) == [0])
    // Classes 2 and 5 tie in every picture.
    let blue = answer(&engine, Picture(0, 0, 99), .whole, top: 3)
    #expect(blue.ranked.map(\.classIndex) == [2, 5, 4])
    #expect(blue.ranked[0].probability == blue.ranked[1].probability)
  }

  @Test func nothingIsWrittenForNoRoom() throws {
    let file = try FileMemory(ColorModel())
    var arena = try Arena(bytes: 4096)
    var engine = try Engine(model: file.model, arena: &arena)
    load(Picture(1, 2, 3), into: engine)
    let outcome = engine.run(.whole)
    #expect(answer(engine: &engine, outcome, top: 0).ranked.isEmpty)
    let room = UnsafeMutableBufferPointer<Ranked>.allocate(capacity: 4)
    defer { room.deallocate() }
    room.initialize(repeating: Ranked(classIndex: -7, probability: -7))
    #expect(engine.top(-3, into: room) == 0)
    #expect(engine.top(2, into: room) == 2)
    #expect(room[2] == Ranked(classIndex: -7, probability: -7))
    #expect(engine.top(100, into: room) == 4)
  }
}
