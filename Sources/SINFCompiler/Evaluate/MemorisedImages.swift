/// A sign that the network has been trained on some of the images that it is judged by: it does
/// clearly better on those before a data set's test part than on the test part.
public struct MemorisedImages: Sendable, Equatable {
  /// Accuracy before the test part, and on it.
  public var own: Estimate
  public var published: Estimate

  /// Nil unless the difference is five points and three standard errors at least.
  public init?(isRight: [Bool], isPublished: [Bool]) {
    func estimate(_ part: Bool) -> Estimate {
      let of = isRight.indices.filter { isPublished[$0] == part }
      return Estimate(right: of.count { isRight[$0] }, of: of.count)
    }
    let count = isPublished.count { $0 }
    guard count > 0, count < isPublished.count else { return nil }
    own = estimate(false)
    published = estimate(true)
    let error = (own.error * own.error + published.error * published.error).squareRoot()
    guard own.value - published.value >= max(0.05, 3 * error) else { return nil }
  }
}
