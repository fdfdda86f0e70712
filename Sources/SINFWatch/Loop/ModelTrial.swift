/// Whether a model that was read anew is any good: it isn't when each of the first frames under it
/// fails. In memory that working processes share with those that follow them, so that a model under
/// which they end is found out as well.
public struct ModelTrial {
  /// Frames that decide.
  public static let frames = 8

  /// The model before the one in use was gone back to; until the next one comes.
  public private(set) var isOver = false
  private var isRunning = false
  private var classifiedBefore = 0
  private var failedBefore = 0

  public init() {}

  public enum Verdict {
    case open
    case bad
  }

  /// A model was read anew.
  public mutating func begin(_ counts: (classified: Int, failed: Int)) {
    isOver = false
    isRunning = true
    classifiedBefore = counts.classified
    failedBefore = counts.failed
  }

  /// The model before it is in use from now on.
  public mutating func goBack() {
    isOver = true
    isRunning = false
  }

  public mutating func judge(_ counts: (classified: Int, failed: Int)) -> Verdict {
    guard isRunning else { return .open }
    // One is enough: others may be damaged.
    if counts.classified > classifiedBefore {
      isRunning = false
      return .open
    }
    return counts.failed - failedBefore >= ModelTrial.frames ? .bad : .open
  }
}

extension WatchCounts {
  /// What a trial looks at.
  public var answers: (classified: Int, failed: Int) { (classified, failed) }
}
