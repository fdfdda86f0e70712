import SINFModel

extension ModelDescription {
  /// A model of one cluster alone, for whoever knows what the camera looks at: its classes, its
  /// subgraph, and what that needs. With the route predictor's scores added to the logits
  /// (`RouteDescription.scoreWeight`) that is the features, the predictor's rows of these classes and
  /// the subgraph: a routed model of one cluster, in which no image stops or falls back. Without, it
  /// is a plain model.
  ///
  /// Each class has the logit, to the bit, that `Engine.run(.cluster(index))` gives it on this model.
  /// What was measured of this model is not said of the other.
  ///
  /// - Parameters:
  ///   - index: 0 ..< clusters.count.
  ///   - keepsVisitors: Whether classes of other clusters that have rows in this one stay as well:
  ///     then probabilities are those of `.cluster(index)` too.
  ///
  /// Errors: `DescriptionError` when logits that have to go can't be told from those that stay,
  /// because no single convolution writes them.
  public func extracting(
    cluster index: Int, keepsVisitors: Bool = false
  ) throws(DescriptionError) -> ModelDescription {
    let cluster = clusters[index]
    guard let route, let features = program(.features), let predictor = program(.route),
      let subgraph = program(.subgraph, cluster: index)
    else {
      throw DescriptionError(
        place: "programs", found: "a cluster without its own",
        expected: "features, route and a subgraph for each cluster")
    }
    let members = Set(cluster.members)
    var rows = cluster.rows.indices.filter {
      keepsVisitors || members.contains(cluster.rows[$0])
    }
    let classes = rows.map { cluster.rows[$0] }.sorted()
    var model = self
    model.labels = classes.map { labels[$0] }
    if route.scoreWeight > 0 {
      model.clusters = [
        ClusterDescription(
          name: cluster.name, members: Array(classes.indices),
          rows: rows.map { classes.firstIndex(of: cluster.rows[$0])! })
      ]
      model.route = RouteDescription(
        threshold: 0, inverseTemperature: route.inverseTemperature,
        scoreWeight: route.scoreWeight)
      var tail = try subgraph.selectingLogits(rows, &model.tensors)
      tail.cluster = 0
      model.programs = [
        features, try predictor.selectingLogits(classes, &model.tensors), tail,
      ]
    } else {
      // A plain model's logits stand for its classes in their order.
      rows.sort { cluster.rows[$0] < cluster.rows[$1] }
      model.clusters = []
      model.route = nil
      let tail = try subgraph.selectingLogits(rows, &model.tensors)
      model.programs = [
        ProgramDescription(
          kind: .whole, input: features.input, output: tail.output,
          operations: features.operations + tail.operations, tensors: model.tensors)
      ]
    }
    model.metadata = metadata.unmeasured
    model.metadata.routedMultiplyAccumulates = UInt64(
      model.programs.reduce(0) { $0 + $1.multiplyAccumulates })
    model.dropUnusedTensors()
    return model
  }

  private func program(_ kind: ProgramKind, cluster: Int = 0) -> ProgramDescription? {
    programs.first { $0.kind == kind && $0.cluster == cluster }
  }
}

extension ModelMetadata {
  /// Without what was measured.
  fileprivate var unmeasured: ModelMetadata {
    ModelMetadata(
      compilerVersion: compilerVersion, inputDigest: inputDigest, networkName: networkName,
      seed: seed, baseMultiplyAccumulates: baseMultiplyAccumulates, routedMultiplyAccumulates: 0)
  }
}
