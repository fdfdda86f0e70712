import Testing

@testable import SINFCompiler

@Suite struct GivenLabelsTests {
  /// Answers whose share falls from 1 on; wrong where `wrong` says so.
  private func answers(_ count: Int, wrong: (Int) -> Bool) -> [Answer] {
    (0..<count).map {
      Answer(
        label: 0, predicted: wrong($0) ? 1 : 0, share: 1 - Float($0) / Float(count), path: .whole)
    }
  }

  @Test func theSmallestShareThatIsRightOftenEnoughIsChosen() throws {
    // All of the first 400 are right, every second behind them.
    let all = answers(1000) { $0 >= 400 && $0 % 2 == 0 }
    for wanted in [0.7, 0.8, 0.9, 0.95] {
      let choice = try GivenLabels.choose(all, precision: wanted)
      #expect(choice.precision.value - choice.precision.error >= wanted)
      #expect(choice == GivenLabels(all, from: choice.share))
      #expect(choice.coverage.value == Double(choice.given) / 1000)
      // Nothing smaller does.
      for other in all where other.share < choice.share {
        let found = GivenLabels(all, from: other.share)
        #expect(found.precision.value - found.precision.error < wanted)
      }
    }
  }

  @Test func aPrecisionThatAllAnswersHaveGivesAllOfThemLabels() throws {
    let all = answers(200) { $0 % 10 == 0 }
    let choice = try GivenLabels.choose(all, precision: 0.5)
    #expect(choice.given == 200 && choice.share > 0 && choice.share == all.last?.share)
  }

  @Test func equalSharesAreGivenTogether() throws {
    // Sure answers are all right, the others share one share and are wrong as often as right.
    let all = (0..<300).map {
      Answer(
        label: 0, predicted: $0 >= 150 && $0 % 2 == 0 ? 1 : 0, share: $0 < 150 ? 0.9 : 0.4,
        path: .whole)
    }
    let choice = try GivenLabels.choose(all, precision: 0.9)
    #expect(choice.share == 0.9 && choice.given == 150)
  }

  @Test func whatCannotBeReachedSaysWhatCan() {
    let all = answers(200) { $0 % 5 == 0 }
    let error = #expect(throws: UnreachablePrecision.self) {
      _ = try GivenLabels.choose(all, precision: 0.95)
    }
    let text = error?.description ?? ""
    #expect(text.contains("no top share makes labels right 95.0 % of the time"))
    #expect(text.contains("on 200 validation images") && text.contains("--min-precision 0.7"))
    // What is named as reachable is.
    let best = error?.best.map { $0.precision.value - $0.precision.error } ?? 0
    #expect(throws: Never.self) {
      _ = try GivenLabels.choose(all, precision: (best * 1000).rounded(.down) / 1000)
    }
  }

  @Test func aHandfulOfSureAnswersIsNotEnough() {
    // The first 10 of 1,000 are right, then nothing: that is 1 % of the images.
    let all = answers(1000) { $0 >= 10 }
    let error = #expect(throws: UnreachablePrecision.self) {
      _ = try GivenLabels.choose(all, precision: 0.5)
    }
    #expect((error?.best?.given ?? 0) >= 50)
    #expect(throws: UnreachablePrecision.self) { _ = try GivenLabels.choose([], precision: 0.1) }
  }

  /// One image a path: stop, subgraph, fallback.
  @Test func answersAreThoseOfTheWayThatAnImageTakes() {
    var run = ModelRun(
      labels: [0, 0, 0], cluster: [0, 0, 0], confidence: [0.9, 0.9, 0.1], routedClass: [1, 0, 1],
      oracleClass: [0, 0, 0], wholeClass: [1, 1, 2], cost: PathCosts(subgraph: [1], whole: 2))
    run.stopClass = [0, 1, 1]
    run.margin = [0.8, 0.1, 0.1]
    run.stopShare = [0.7, 0.1, 0.1]
    run.routedShare = [0.1, 0.6, 0.1]
    run.wholeShare = [0.1, 0.1, 0.5]
    let answers = run.answers(threshold: 0.5, stopMargin: 0.5)
    #expect(answers.map(\.path) == [.stop, .subgraph, .fallback])
    #expect(answers.map(\.predicted) == [0, 0, 2])
    #expect(answers.map(\.share) == [0.7, 0.6, 0.5])
    #expect(answers.map(\.isRight) == [true, true, false])
    let plain = ModelRun(
      labels: [1], cluster: [], confidence: [], routedClass: [], oracleClass: [], wholeClass: [1],
      wholeShare: [0.4], cost: PathCosts(subgraph: [], whole: 2))
    #expect(
      plain.answers() == [Answer(label: 1, predicted: 1, share: 0.4, path: .whole)])
  }
}
