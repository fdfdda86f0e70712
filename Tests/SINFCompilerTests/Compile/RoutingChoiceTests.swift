import Testing

@testable import SINFCompiler

/// Ten images of four classes in two clusters; the fallback costs twice a subgraph.
private func run(hasWhole: Bool = true) -> ModelRun {
  ModelRun(
    labels: [0, 0, 1, 1, 2, 2, 3, 3, 0, 2],
    cluster: [0, 0, 0, 1, 1, 1, 1, 1, 1, 0],
    confidence: [0.9, 0.95, 0.8, 0.3, 0.9, 0.7, 0.85, 0.6, 0.2, 0.4],
    routedClass: [0, 0, 1, 2, 2, 2, 3, 2, 3, 1],
    oracleClass: [0, 0, 1, 1, 2, 2, 3, 2, 0, 2],
    wholeClass: hasWhole ? [0, 0, 1, 1, 2, 3, 3, 3, 0, 1] : [],
    cost: PathCosts(subgraph: [100, 120], whole: 200))
}

private let clusters = [0, 0, 1, 1]

@Suite struct RoutingChoiceTests {
  @Test func summaryIsWhatTheRuntimeWouldDo() {
    let run = run()
    let trusting = run.routed(threshold: 0, clusterOfClass: clusters)
    #expect(trusting.accuracy == 0.6 && trusting.fallbackShare == 0)
    #expect(trusting.routeAccuracy == 0.7)
    #expect(trusting.meanMultiplyAccumulates == 112)
    // Below 0.5 are images 3, 8 and 9; the whole network is right on two of them.
    let careful = run.routed(threshold: 0.5, clusterOfClass: clusters)
    #expect(careful.accuracy == 0.8 && careful.fallbackShare == 0.3)
    #expect(careful.meanMultiplyAccumulates == 138)
    #expect(careful.routeAccuracy == 0.7 && careful.images == 10)
    // A confidence that just reaches the threshold is trusted.
    #expect(run.routed(threshold: 0.4, clusterOfClass: clusters).fallbackShare == 0.2)
    #expect(run.wholeAccuracy == 0.8 && run.oracleAccuracy == 0.9)
  }

  @Test func sweepStartsWithTrustAndRises() {
    let sweep = run().thresholdSweep(clusterOfClass: clusters)
    #expect(sweep[0].threshold == 0)
    #expect(sweep.count > 4)
    for (a, b) in zip(sweep, sweep.dropFirst()) {
      #expect(a.threshold < b.threshold && a.fallbackShare <= b.fallbackShare)
    }
  }

  @Test func cheapestThatIsGoodEnoughIsChosen() {
    let run = run()
    let sweep = run.thresholdSweep(clusterOfClass: clusters)
    for wanted in [0.5, 0.65, 0.7, 0.8] {
      let (choice, reached) = run.chooseThreshold(reaching: wanted, clusterOfClass: clusters)
      #expect(reached && choice.accuracy >= wanted)
      for other in sweep where other.accuracy >= wanted {
        #expect(other.meanMultiplyAccumulates >= choice.meanMultiplyAccumulates)
      }
    }
  }

  @Test func mostAccurateIsChosenWhereNoneIsGoodEnough() {
    let run = run()
    let (choice, reached) = run.chooseThreshold(reaching: 0.99, clusterOfClass: clusters)
    #expect(!reached)
    let best = run.thresholdSweep(clusterOfClass: clusters).map(\.accuracy).max()
    #expect(choice.accuracy == best)
  }

  @Test func withoutFallbackEveryRouteIsTrusted() {
    let run = run(hasWhole: false)
    #expect(run.thresholdSweep(clusterOfClass: clusters).map(\.threshold) == [0])
    let summary = run.routed(threshold: 0.99, clusterOfClass: clusters)
    #expect(summary.fallbackShare == 0 && summary.accuracy == 0.6)
    #expect(run.wholeAccuracy == 0)
  }

  @Test func noImagesGiveZeroes() {
    let none = ModelRun(
      labels: [], cluster: [], confidence: [], routedClass: [], oracleClass: [], wholeClass: [],
      cost: PathCosts(subgraph: [1], whole: 2))
    let summary = none.chooseThreshold(reaching: 0, clusterOfClass: [0]).choice
    #expect(summary.accuracy == 0 && summary.meanMultiplyAccumulates == 0)
  }

  /// The predictor names eight of ten; its margin is small where it errs.
  private var stopping: ModelRun {
    var run = run()
    run.stopClass = [0, 0, 1, 1, 2, 2, 3, 3, 1, 3]
    run.margin = [0.9, 0.8, 0.7, 0.6, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1]
    run.cost.stop = 40
    return run
  }

  @Test func surePredictorsEndImages() {
    let run = stopping
    let summary = run.routed(threshold: 0, stopMargin: 0.5, clusterOfClass: clusters)
    #expect(summary.stopShare == 0.6 && summary.stopMargin == 0.5)
    // Six by the predictor, one of the four others by a subgraph.
    #expect(summary.accuracy == 0.7)
    let cost: Double = 240 + 360 + 100
    #expect(summary.meanMultiplyAccumulates == cost / 10)
    #expect(run.isRight(threshold: 0, stopMargin: 0.5).filter { $0 }.count == 7)
    #expect(run.routed(threshold: 0, clusterOfClass: clusters).stopShare == 0)
  }

  @Test func pairedErrorsAreThoseOfDifferences() {
    let base = [true, true, true, false], other = [true, false, true, true]
    let loss = PairedLoss(from: base, to: other)
    #expect(loss.mean == 0)
    // Differences 0, 1, 0, -1: variance 2/3, of the mean a quarter of that.
    #expect(abs(loss.standardError - (2.0 / 3 / 4).squareRoot()) < 1e-12)
    #expect(PairedLoss(from: base, to: base).standardError == 0)
  }

  @Test func theCheapestPointWithinTheLossIsChosen() {
    let run = stopping
    // The whole network names eight of ten.
    func choice(_ allowed: Double, reserve: Double = 0, stops: Bool = true) -> (RoutedSummary, Bool)
    {
      run.chooseOperatingPoint(
        within: LossBound(baseIsRight: run.wholeIsRight, allowed: allowed, reserve: reserve),
        clusterOfClass: clusters, stops: stops)
    }
    let (cheap, reached) = choice(0)
    #expect(reached && cheap.accuracy >= 0.8 && cheap.stopShare > 0)
    for margin in run.margin + [0] {
      for threshold in run.confidence + [0] {
        let other = run.routed(
          threshold: threshold, stopMargin: margin, clusterOfClass: clusters)
        #expect(
          other.accuracy < 0.8
            || other.meanMultiplyAccumulates >= cheap.meanMultiplyAccumulates)
      }
    }
    #expect(choice(0, stops: false).0.stopShare == 0)
    // With a reserve the point costs more, or there is none.
    let (careful, _) = choice(0, reserve: 1)
    #expect(careful.meanMultiplyAccumulates >= cheap.meanMultiplyAccumulates)
    #expect(!choice(-1).1)
  }
}
