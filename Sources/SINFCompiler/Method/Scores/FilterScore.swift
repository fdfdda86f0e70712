/// What decides which filters a subgraph keeps. Each score is a file of its own beside this one, and
/// one entry here.
public struct FilterScore: Sendable, CaseIterable, RawRepresentable {
  public static let allCases: [FilterScore] = [
    .dcs, .l1, .taylor, .hrank, .fpgm, .chip, .tvsprune, .random, .reconstruction,
  ]

  /// Which `count` of the `candidates` (classes of channels) go at node `node`, the first that
  /// reads them.
  typealias Choice =
    @Sendable (
      _ extractor: inout Extractor, _ count: Int, _ candidates: [Int], _ node: Int
    ) throws -> [Int]

  /// Its name on the command line.
  public let rawValue: String
  /// Whether it judges by the classes of one cluster, and so can't for layers that all share.
  let needsCluster: Bool
  let choose: Choice

  init(_ name: String, needsCluster: Bool = false, choosing choose: @escaping Choice) {
    rawValue = name
    self.needsCluster = needsCluster
    self.choose = choose
  }

  /// A score of each candidate by itself: the lowest go.
  init(
    _ name: String, needsCluster: Bool = false,
    scores:
      @escaping @Sendable (
        _ extractor: inout Extractor, _ candidates: [Int], _ node: Int
      ) throws -> [Double]
  ) {
    self.init(name, needsCluster: needsCluster) { extractor, count, candidates, node in
      let scores = try scores(&extractor, candidates, node)
      return candidates.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
        .prefix(count).map { candidates[$0] }
    }
  }

  public init?(rawValue: String) {
    guard let known = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = known
  }
}
