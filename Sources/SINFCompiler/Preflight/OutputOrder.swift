/// Another meaning of the network's outputs than the class names say, read off its answers: each
/// output stands for the class whose pictures it is most often the answer to.
///
/// Its accuracy is cross-fitted: one half of the images gives the meaning that the other is scored
/// by, so that it does not flatter.
public struct OutputOrder: Sendable {
  /// How the pictures were shown.
  public var presentation: Presentation
  /// Accuracy with this order, and how much more that is than with the names' order.
  public var accuracy: Estimate
  public var gain: Estimate
  /// Outputs that stand for another class than they are named for, the surest first.
  public var examples: [Example]

  public struct Example: Sendable, Equatable {
    /// Classes: what the output is named for, and whose pictures it is the answer to.
    public var output: Int
    public var shows: Int
    /// Of `answers` pictures with this answer, `hits` are of class `shows`.
    public var hits: Int
    public var answers: Int
  }

  /// Nil unless the order of the names is clearly worse: by ten points and three standard errors.
  init?(of trial: Trial, labels: [Int], classes: Int) {
    presentation = trial.presentation
    let predictions = trial.predictions
    var votes = [[[Int: Int]]](
      repeating: [[Int: Int]](repeating: [:], count: classes), count: 2)
    // The images come class by class: neighbours go to different halves.
    for i in labels.indices { votes[i % 2][predictions[i]][labels[i], default: 0] += 1 }
    // Where images show some classes only, the others' outputs are answers to look-alikes: a tabby's
    // picture is often a tiger cat to a network that knows both, and nothing is wrong with that.
    let present = Set(labels)
    func winner(_ votes: [Int: Int], _ output: Int) -> Int {
      guard present.contains(output) else { return output }
      let most = votes.values.max() ?? 0
      guard most > votes[output, default: 0] else { return output }
      return votes.filter { $0.value == most }.keys.min()!
    }
    let meant = labels.indices.map {
      winner(votes[1 - $0 % 2][predictions[$0]], predictions[$0]) == labels[$0]
    }
    accuracy = Estimate(right: meant.count { $0 }, of: meant.count)
    gain = Estimate(of: meant, over: trial.isRight)
    guard gain.isClear(above: 0.1) else { return nil }
    examples = (0..<classes).compactMap { output -> Example? in
      let all = votes[0][output].merging(votes[1][output], uniquingKeysWith: +)
      let shows = winner(all, output)
      guard shows != output else { return nil }
      return Example(
        output: output, shows: shows, hits: all[shows]!, answers: all.values.reduce(0, +))
    }.sorted { (-$0.hits, $0.output) < (-$1.hits, $1.output) }
  }
}
