import Foundation

/// A partition of the classes into semantic clusters.
public struct ClusterMap: Sendable, Equatable {
  public var names: [String]
  /// Cluster of each class.
  public var clusterOfClass: [Int]

  public init(names: [String], clusterOfClass: [Int]) {
    self.names = names
    self.clusterOfClass = clusterOfClass
  }

  public var count: Int { names.count }

  /// Classes of one cluster, ascending.
  public func members(_ cluster: Int) -> [Int] {
    clusterOfClass.indices.filter { clusterOfClass[$0] == cluster }
  }
}

extension ClusterMap {
  /// Probability of each cluster, images x clusters, from class scores (images x classes): the
  /// softmax of `scores * inverseTemperature`, summed over each cluster's members.
  func probabilities(ofClassScores scores: [Float], inverseTemperature: Float = 1) -> [Float] {
    let classes = clusterOfClass.count
    var soft = scores.map { $0 * inverseTemperature }
    softmaxRows(&soft, columns: classes)
    var result = [Float](repeating: 0, count: scores.count / classes * count)
    for i in soft.indices {
      result[i / classes * count + clusterOfClass[i % classes]] += soft[i]
    }
    return result
  }

  /// Most probable cluster of each image.
  func routes(ofClassScores scores: [Float], inverseTemperature: Float = 1) -> [Int] {
    argmaxRows(
      probabilities(ofClassScores: scores, inverseTemperature: inverseTemperature),
      columns: count)
  }

  /// Share of images whose own cluster is the most probable one.
  func routeAccuracy(ofClassScores scores: [Float], labels: [Int]) -> Double {
    let right = zip(routes(ofClassScores: scores), labels).filter { $0 == clusterOfClass[$1] }
    return Double(right.count) / Double(max(labels.count, 1))
  }

  /// Similarity of classes, classes x classes and symmetric: how much probability a predictor
  /// gives to one where the other is true.
  static func similarity(
    ofClassScores scores: [Float], labels: [Int], classes: Int
  ) -> [Double] {
    var soft = scores
    softmaxRows(&soft, columns: classes)
    var confusion = [Double](repeating: 0, count: classes * classes)
    var counts = [Double](repeating: 0, count: classes)
    for (row, label) in labels.enumerated() {
      counts[label] += 1
      for c in 0..<classes {
        confusion[label * classes + c] += Double(soft[row * classes + c])
      }
    }
    return (0..<classes * classes).map { index in
      let i = index / classes, j = index % classes
      return confusion[index] / max(counts[i], 1)
        + confusion[j * classes + i] / max(counts[j], 1)
    }
  }

  /// Clusters found from a similarity of classes, named by their most typical members.
  static func automatic(
    similarity: [Double], classNames: [String], count: Int
  ) -> ClusterMap {
    let clusterOfClass = AgglomerativeClustering.clusters(
      similarity, classes: classNames.count, count: count, balance: 0.5)
    let names = (0..<count).map { cluster in
      let members = clusterOfClass.indices.filter { clusterOfClass[$0] == cluster }
      let shown = mostTypical(3, of: members, similarity: similarity, classes: classNames.count)
        .map { classNames[$0] }.joined(separator: ", ")
      return shown + (members.count > 3 ? ", ..." : "")
    }
    return ClusterMap(names: names, clusterOfClass: clusterOfClass)
  }

  /// The `count` members that are most similar to the other ones, by the sum over them; the most
  /// typical first, of equals the lower class.
  private static func mostTypical(
    _ count: Int, of members: [Int], similarity: [Double], classes: Int
  ) -> [Int] {
    let sums = members.map { i in
      members.reduce(0.0) { $1 == i ? $0 : $0 + similarity[i * classes + $1] }
    }
    return members.indices.sorted { (-sums[$0], members[$0]) < (-sums[$1], members[$1]) }
      .prefix(count).map { members[$0] }
  }
}

/// Agglomerative clustering of classes.
enum AgglomerativeClustering {
  /// Merges the two most similar clusters (average linkage) until `count` are left.
  ///
  /// `similarity` is classes x classes and symmetric. `balance` in 0... makes growing a large
  /// cluster dearer: the similarity of a pair is divided by (size / mean final size)^balance,
  /// because a cluster of nearly all classes saves nothing. Clusters are numbered by their first
  /// class. Ties go to the pair found first.
  static func clusters(_ similarity: [Double], classes: Int, count: Int, balance: Double) -> [Int] {
    precondition(similarity.count == classes * classes && count >= 1 && count <= classes)
    var groups = (0..<classes).map { [$0] }
    let meanSize = Double(classes) / Double(count)
    while groups.count > count {
      var best = (score: -Double.infinity, a: 0, b: 1)
      for a in groups.indices {
        for b in groups.indices where b > a {
          var sum = 0.0
          for i in groups[a] { for j in groups[b] { sum += similarity[i * classes + j] } }
          let size = Double(groups[a].count + groups[b].count)
          let mean = sum / Double(groups[a].count * groups[b].count)
          let score = mean / power(size / meanSize, balance)
          if score > best.score { best = (score, a, b) }
        }
      }
      groups[best.a] += groups[best.b]
      groups.remove(at: best.b)
    }
    groups.sort { $0.min()! < $1.min()! }
    var clusterOfClass = [Int](repeating: 0, count: classes)
    for (g, group) in groups.enumerated() { for c in group { clusterOfClass[c] = g } }
    return clusterOfClass
  }

  private static func power(_ base: Double, _ exponent: Double) -> Double {
    exponent == 0 ? 1 : exp(exponent * log(base))
  }
}
