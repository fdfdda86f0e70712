import SINFGraph
import SINFModelWriter

/// A thin network that was trained from the base network (`sinfc thin`, tools/tune), and the route
/// predictor that was trained with it.
public struct TunedNetwork: Sendable {
  /// Image to class scores, with the base network's names of tensors.
  public var graph: Graph
  /// Features at the split to class scores.
  public var route: Graph

  public init(graph: Graph, route: Graph) {
    self.graph = graph
    self.route = route
  }
}

extension Compilation {
  /// The parts of a tuned network: its layers before the split, its predictor, and for each cluster
  /// its layers behind the split with the cluster's rows. What it was trained on is the fit part, so
  /// that rows, temperature and weight are chosen on validation images.
  func tunedCandidate(_ tuned: TunedNetwork, plan: RoutePlan) throws -> Candidate {
    let split = try place(named: plan.chosen.name, in: tuned)
    let (head, tail) = try tuned.graph.split(at: split)
    let features = try base.values(head.output, by: head, of: self.split.validation, in: images)
    let scores = try FloatExecutor(tuned.route).run(features)[tuned.route.output]!.storage
    let labels = self.split.validation.map { images.labels[$0] }
    let inverse = Calibrating.inverseTemperature(
      scores, labels: labels, classes: images.classCount)
    let clusters = plan.chosen.clusters
    let routes = clusters.routes(ofClassScores: scores, inverseTemperature: inverse)
    let rows = rows(of: clusters, images: self.split.validation, routes: routes)
    let weight =
      try options.scoreWeight
      ?? chooseScoreWeight(tail: tail, head: head, route: tuned.route, inverse: inverse)

    let calibration = fitSample(options.calibrationImages)
    let seen = try FloatExecutor(tuned.route).run(
      base.values(head.output, by: head, of: calibration, in: images))[tuned.route.output]!
    var routed = [[Int]](repeating: [], count: clusters.count)
    let sent = clusters.routes(ofClassScores: seen.storage, inverseTemperature: inverse)
    for (position, cluster) in sent.enumerated() { routed[cluster].append(position) }
    for cluster in routed.indices where routed[cluster].isEmpty {
      throw LoweringError("no image is routed to cluster '\(clusters.names[cluster])'")
    }
    return Candidate(
      parts: NetworkParts(
        features: head, route: tuned.route,
        subgraphs: try rows.map { try tail.selectingOutputs($0) }, whole: tail),
      clusters: clusters.names.indices.map {
        ClusterDescription(
          name: clusters.names[$0], members: clusters.members($0), rows: rows[$0])
      }, inverseTemperature: inverse, routedCalibration: routed, calibration: calibration,
      scoreWeight: weight)
  }

  /// The split in the tuned network, which has to fit its predictor and these images.
  private func place(named name: String, in tuned: TunedNetwork) throws -> ValueID {
    let graph = tuned.graph
    guard let index = graph.values.firstIndex(where: { $0.name == name }) else {
      throw LoweringError("the tuned network has no tensor '\(name)' to split at")
    }
    let found = (graph[graph.input].shape, graph[graph.output].shape)
    let wanted = (base.graph[base.graph.input].shape, base.graph[base.graph.output].shape)
    guard found == wanted else {
      throw LoweringError(
        "the tuned network takes \(found.0) and gives \(found.1), the network itself \(wanted.0) and "
          + "\(wanted.1)")
    }
    let shape = graph.values[index].shape
    guard tuned.route[tuned.route.input].shape == shape,
      tuned.route[tuned.route.output].shape == wanted.1
    else {
      throw LoweringError(
        "the tuned route predictor reads \(tuned.route[tuned.route.input].shape) and gives "
          + "\(tuned.route[tuned.route.output].shape); at '\(name)' there are \(shape) and "
          + "\(wanted.1) are needed")
    }
    return ValueID(index)
  }

  /// Classes kept of each dependency group, and how many there were: for reports.
  func keptFilters(_ keep: KeepCounts) -> [KeptFilters] {
    classes.groups.enumerated().map { g, members in
      let value = classes.members[members[0]][0].value
      let name = base.graph[value].name
      guard let tuned = options.tuned else {
        return KeptFilters(name: name, kept: keep[g] ?? members.count, of: members.count)
      }
      let kept = tuned.graph.values.first { $0.name == name }?.shape.channels
      return KeptFilters(
        name: name, kept: min(kept ?? members.count, members.count), of: members.count)
    }
  }
}
