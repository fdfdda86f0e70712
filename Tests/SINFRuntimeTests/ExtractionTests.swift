import SINFModel
import SINFModelWriter
import SINFRuntime
import Testing

/// The file of one cluster answers as the whole file does with that cluster prescribed.
@Suite struct ExtractionTests {
  private let pictures = [
    Picture(200, 20, 20), Picture(10, 190, 30), Picture(0, 0, 255), Picture(255, 255, 255),
    Picture(bytes: [1, 2, 3, 250, 5, 6, 7, 8, 9, 10, 11, 12]),
  ]

  /// Logits by class of the whole file.
  private func byClass(_ found: Answer, _ classes: [Int]) -> [Int: Float] {
    let rows = found.rows ?? Array(found.logits.indices)
    return Dictionary(uniqueKeysWithValues: zip(rows.map { classes[$0] }, found.logits))
  }

  private func compare(scoreWeight: Float, visitors: Bool) throws {
    let description = ColorModel(scoreWeight: scoreWeight).description
    let whole = FileMemory(try ModelWriter.bytes(for: description))
    var wholeArena = try Arena(bytes: 4096)
    var engine = try Engine(model: whole.model, arena: &wholeArena)
    for cluster in 0..<3 {
      let own = FileMemory(
        try ModelWriter.bytes(
          for: description.extracting(cluster: cluster, keepsVisitors: visitors)))
      var arena = try Arena(bytes: 4096)
      var other = try Engine(model: own.model, arena: &arena)
      let classes = (visitors ? ColorModel.rows : ColorModel.members)[cluster].sorted()
      for picture in pictures {
        let expected = answer(&engine, picture, .cluster(cluster))
        let found = answer(&other, picture)
        let logits = byClass(expected, Array(0..<6)).filter { classes.contains($0.key) }
        #expect(byClass(found, classes) == logits)
        #expect(found.path == (scoreWeight > 0 ? .subgraph : .whole))
        #expect(found.confidence == (scoreWeight > 0 ? 1 : 0))
        let ranks = expected.ranked.filter { classes.contains($0.classIndex) }
        #expect(found.ranked.map { classes[$0.classIndex] } == ranks.map(\.classIndex))
        // With all rows in their order probabilities are the same to the bit.
        if visitors && scoreWeight > 0 {
          #expect(found.ranked.map(\.probability) == expected.ranked.map(\.probability))
        }
        #expect(
          found.macs
            == UInt64(36 + (scoreWeight > 0 ? 12 * classes.count : 0) + 12 * classes.count))
      }
      withExtendedLifetime(own) {}
    }
    withExtendedLifetime(whole) {}
  }

  @Test(arguments: [true, false]) func scoresAreAddedAsInTheWholeFile(visitors: Bool) throws {
    try compare(scoreWeight: 0.25, visitors: visitors)
  }

  @Test(arguments: [true, false]) func withoutScoresNoPredictorRuns(visitors: Bool) throws {
    try compare(scoreWeight: 0, visitors: visitors)
  }
}
