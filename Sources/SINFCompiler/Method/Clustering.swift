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
