import Testing

@testable import SINFCompiler

@Suite struct ClassResultsTests {
  private func answer(
    _ label: Int, _ predicted: Int, _ share: Float = 0.5, _ path: Answer.Path = .whole
  ) -> Answer {
    Answer(label: label, predicted: predicted, share: share, path: path)
  }

  @Test func classesAreCountedWorstFirst() {
    let confusions = Confusions([
      answer(0, 0), answer(0, 0), answer(0, 1), answer(2, 1), answer(2, 1), answer(2, 0),
      answer(5, 5),
    ])
    #expect(confusions.classes == [0, 2, 5])
    let results = confusions.results
    #expect(results.map(\.label) == [2, 0, 5] && results.map(\.images) == [3, 3, 1])
    #expect(results.map(\.accuracy.value) == [0, 2.0 / 3, 1])
    #expect(results[0].mistake?.answer == 1 && results[0].mistake?.count == 2)
    #expect(results[2].mistake == nil)
    #expect(
      confusions.mistakes.map(\.pair) == [
        .init(label: 2, answer: 1), .init(label: 0, answer: 1), .init(label: 2, answer: 0),
      ])
    #expect(confusions.counts[.init(label: 0, answer: 0)] == 2)
  }

  @Test func theSurestMistakesComeFirst() {
    let answers = [answer(0, 1, 0.3), answer(0, 0, 0.9), answer(0, 1, 0.8), answer(1, 0, 0.8)]
    #expect(answers.worstMistakes(2) == [2, 3] && answers.worstMistakes(9) == [2, 3, 0])
  }

  @Test func examplesAreOfDifferentClasses() {
    let answers = (0..<40).map { answer($0 % 8, 0, 0.5, $0 < 32 ? .stop : .fallback) }
    let stops = answers.examples(of: .stop, 6)
    #expect(Set(stops.map { answers[$0].label }).count == 6)
    #expect(answers.examples(of: .fallback, 20) == Array(32..<40))
    #expect(answers.examples(of: .subgraph, 6).isEmpty)
  }

  @Test func memorisedImagesShow() {
    let parts = (0..<400).map { $0 >= 300 }
    let flattered = MemorisedImages(
      isRight: (0..<400).map { $0 < 290 || $0 >= 340 }, isPublished: parts)
    #expect(flattered?.own.value == 290.0 / 300 && flattered?.published.value == 0.6)
    // Nothing to compare, or no difference to speak of.
    #expect(MemorisedImages(isRight: [true, false], isPublished: [false, false]) == nil)
    #expect(
      MemorisedImages(isRight: (0..<400).map { $0 % 10 != 0 }, isPublished: parts) == nil)
  }

  /// Costs of paths, weighted by how many images take them.
  @Test func millisecondsAreThoseOfTheWay() {
    var run = ModelRun(
      labels: [0, 0, 0, 0], cluster: [0, 1, 1, 0], confidence: [0.9, 0.9, 0.1, 0.9],
      routedClass: [0, 0, 0, 0], oracleClass: [0, 0, 0, 0], wholeClass: [0, 0, 0, 0],
      cost: PathCosts(subgraph: [1, 1], whole: 2))
    run.stopClass = [0, 0, 0, 0]
    run.margin = [0.9, 0.1, 0.1, 0.1]
    let times = PathTimes(stop: 1, subgraph: [10, 100], whole: 1000)
    // One stops, one falls back, one takes each subgraph.
    #expect(run.meanMilliseconds(times, threshold: 0.5, stopMargin: 0.5) == 1111.0 / 4)
    #expect(run.meanMilliseconds(times) == 220.0 / 4)
    let all = run.candidates(
      of: run.routed(threshold: 0.5, stopMargin: 0.5, clusterOfClass: [0]), clusterOfClass: [0],
      share: "thin", times)
    #expect(all.last?.kind == .best && all.last?.milliseconds == 1111.0 / 4)
    #expect(all.last?.name == "thin, 25.0 % stop early")
    #expect(all.count { $0.kind == .whole && $0.milliseconds == 1000 } == 1)
  }
}
