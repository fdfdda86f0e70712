import SINFGraph
import Testing

@testable import SINFCompiler

/// Four classes that a mean of colours tells apart: two reddish, two greenish ones.
private func images(_ count: Int) -> LabelledImages {
  var generator = SeededGenerator(seed: 11)
  let colors: [[Int]] = [[220, 40, 40], [170, 90, 40], [40, 220, 40], [90, 170, 40]]
  var pixels: [UInt8] = [], labels: [Int] = []
  for i in 0..<count {
    labels.append(i % 4)
    for _ in 0..<64 { pixels += colors[i % 4].map { UInt8($0 + generator.below(36)) } }
  }
  return LabelledImages(
    width: 8, height: 8, channels: 3, pixels: pixels, labels: labels,
    classNames: ["red", "orange", "green", "lime"],
    sources: labels.indices.map { ImageSource(file: "made", record: $0) })
}

@Suite struct RoutePlannerTests {
  let data = images(240)
  let base: BaseNetwork

  init() throws {
    var builder = GraphBuilder(height: 8, width: 8, channels: 3, seed: 12)
    let first = builder.conv(ValueID(0), 12)
    let second = builder.conv(builder.pool(first), 16)
    let graph = builder.classifier(builder.conv(second, 16), classes: 4)
    base = BaseNetwork(
      name: "small", graph: graph, preprocessing: preprocessing(for: graph[graph.input].shape),
      normalization: try InputNormalization(mean: [0, 0, 0], std: [1, 1, 1]))
  }

  private func plan(
    _ clusters: ClusterSource, split: String? = nil, routeAccuracy: Double
  ) throws -> RoutePlan {
    let planner = RoutePlanner(
      base: base, images: data, fit: Array(0..<160), validation: Array(160..<240), seed: 1)
    return try planner.plan(
      clusters: clusters, splitName: split, routeAccuracy: routeAccuracy,
      reporter: SilentReporter())
  }

  @Test func earliestGoodPlaceWithTheMostClustersIsTaken() throws {
    let plan = try plan(.automatic(count: nil), routeAccuracy: 0)
    #expect(plan.trials.map(\.clusters.count) == [2, 3, 4])
    #expect(plan.chosen.clusters.count == 4)
    #expect(plan.chosen.value == plan.trials[0].value)
    #expect(plan.chosen.costShare >= 0.05 && plan.chosen.costShare <= 0.8)
  }

  @Test func alikeClassesShareACluster() throws {
    let plan = try plan(.automatic(count: 2), routeAccuracy: 0.5)
    let found = plan.chosen.clusters.clusterOfClass
    #expect(found == [0, 0, 1, 1])
    #expect(plan.chosen.clusters.names == ["red, orange", "green, lime"])
    #expect(plan.chosen.routeAccuracy > 0.9)
  }

  @Test func mostPromisingPlaceIsTakenWhereNoneIsGoodEnough() throws {
    let map = ClusterMap(names: ["a", "b"], clusterOfClass: [0, 1, 0, 1])
    let plan = try plan(.given(map), routeAccuracy: 1.5)
    let places = Set(plan.trials.map(\.value))
    #expect(places.count >= 2 && plan.trials.count == places.count)
    func promise(_ trial: SplitTrial) -> Double { trial.routeAccuracy * (1 - trial.costShare) }
    #expect(promise(plan.chosen) == plan.trials.map(promise).max())
    #expect(plan.trials.allSatisfy { $0.clusters == map })
    #expect(plan.trials.map(\.costShare) == plan.trials.map(\.costShare).sorted())
  }

  @Test func placesCanBeNamed() throws {
    let all = base.graph.splitCandidates().map { base.graph[$0.value].name }
    let plan = try plan(.automatic(count: 2), split: all[1], routeAccuracy: 0.8)
    #expect(plan.chosen.name == all[1] && plan.trials.count == 1)
    do {
      _ = try self.plan(.automatic(count: 2), split: "nowhere", routeAccuracy: 0.8)
      Issue.record("a place that does not exist was taken")
    } catch let error as LoweringError {
      #expect(error.problem.contains("'nowhere'") && error.problem.contains(all[0]))
    }
  }

  @Test func samePlanForTheSameSeed() throws {
    let a = try plan(.automatic(count: 3), routeAccuracy: 0.6)
    let b = try plan(.automatic(count: 3), routeAccuracy: 0.6)
    #expect(a.chosen.clusters == b.chosen.clusters && a.chosen.value == b.chosen.value)
    #expect(a.trials.map(\.routeAccuracy) == b.trials.map(\.routeAccuracy))
  }
}
