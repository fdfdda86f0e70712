import SINFGraph
import SINFModel
import SINFModelWriter

/// A model ready to be written, and the plan of its memory.
public struct LoweredModel: Sendable {
  public var description: ModelDescription
  public var plan: MemoryPlan
}

/// Lays quantised parts out for the runtime: operations in order, tensors in the arena.
///
/// The features stay in place through the route predictor and until the subgraph or the whole
/// network has read them; which of those two runs is known before either starts. The image stays
/// until its program has read it.
///
/// - Parameters:
///   - clusters: empty for a plain network; otherwise one for each subgraph, in the same order.
///   - route: the decision's parameters, for a network with clusters.
/// - Throws: `LoweringError` where parts, labels and clusters don't fit together.
public func lower(
  _ parts: QuantizedParts, preprocessing: Preprocessing, labels: [String],
  clusters: [ClusterDescription] = [], route: RouteDescription? = nil, metadata: ModelMetadata
) throws -> LoweredModel {
  try check(parts, preprocessing, labels, clusters, route)
  var builder = PlanBuilder()
  for (part, quantized) in parts.all { builder.add(quantized, part) }
  let plan = builder.plan()
  var tensors = TensorTable(builder: builder, plan: plan)
  var programs: [ProgramDescription] = []
  for (index, (part, quantized)) in parts.all.enumerated() {
    var program = ProgramLowering(quantized: quantized, program: index)
    try program.run(&tensors)
    let (kind, cluster) = part.kind
    programs.append(
      ProgramDescription(
        kind: kind, cluster: cluster,
        input: tensors.index(of: quantized.graph.input, in: index),
        output: tensors.index(of: quantized.graph.output, in: index),
        operations: program.operations, tensors: tensors.descriptions))
  }
  let description = ModelDescription(
    preprocessing: preprocessing, labels: labels, clusters: clusters, route: route,
    tensors: tensors.descriptions, programs: programs, arenaBytes: plan.arenaBytes,
    metadata: metadata)
  return LoweredModel(description: description, plan: plan)
}

private func check(
  _ parts: QuantizedParts, _ preprocessing: Preprocessing, _ labels: [String],
  _ clusters: [ClusterDescription], _ route: RouteDescription?
) throws {
  func demand(_ holds: Bool, _ problem: @autoclosure () -> String) throws {
    if !holds { throw LoweringError(problem()) }
  }
  let first = (parts.features ?? parts.whole).graph
  let image = first[first.input].shape
  let expected = Shape(
    height: Int(preprocessing.height), width: Int(preprocessing.width),
    channels: Int(preprocessing.channels))
  try demand(image == expected, "the network reads \(image), the preprocessing makes \(expected)")
  try demand(
    parts.whole.logitCount == labels.count,
    "the network has \(parts.whole.logitCount) outputs, there are \(labels.count) labels")
  try demand(
    (parts.features == nil) == clusters.isEmpty && (route == nil) == clusters.isEmpty,
    "a network with clusters needs features, a route predictor and its parameters; one without"
      + " has none of them")
  try demand(
    parts.subgraphs.count == clusters.count,
    "\(clusters.count) clusters need as many subgraphs, there are \(parts.subgraphs.count)")
  if let predictor = parts.route {
    try demand(
      predictor.logitCount == labels.count,
      "the route predictor has \(predictor.logitCount) outputs, there are \(labels.count) labels")
  }
  for (index, (subgraph, cluster)) in zip(parts.subgraphs, clusters).enumerated() {
    try demand(
      subgraph.logitCount == cluster.rows.count,
      "subgraph \(index) has \(subgraph.logitCount) outputs, its cluster lists"
        + " \(cluster.rows.count) classes for them")
  }
}

extension QuantizedGraph {
  var logitCount: Int { graph[graph.output].shape.channels }
}

extension QuantizedParts {
  /// In the order of the file's programs.
  var all: [(part: NetworkParts.Part, graph: QuantizedGraph)] {
    var result: [(NetworkParts.Part, QuantizedGraph)] = []
    if let features { result.append((.features, features)) }
    if let route { result.append((.route, route)) }
    result += subgraphs.enumerated().map { (.subgraph($0.offset), $0.element) }
    result.append((.whole, whole))
    return result
  }
}

extension NetworkParts.Part {
  var kind: (ProgramKind, cluster: Int) {
    switch self {
    case .features: (.features, 0)
    case .route: (.route, 0)
    case .subgraph(let cluster): (.subgraph, cluster)
    case .whole: (.whole, 0)
    }
  }
}
