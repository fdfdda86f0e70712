/// What became of the frames since the program began. The program keeps it in memory that outlives a
/// working process.
public struct WatchCounts {
  public var classified = 0
  public var failed = 0
  public var skipped = 0
  /// Of the classified, those whose answer is not sure.
  public var unsure = 0
  /// Of the classified and failed, those that may have been reported before.
  public var replayed = 0
  /// How often the queue was full and frames were left for a scan.
  public var overloads = 0
  /// Scans of the folder, the first included.
  public var scans = 0
  /// How often the model was read anew.
  public var reloads = 0
  /// The folder has been scanned once: what scans see from now on has been counted.
  public var hasScanned = false
  /// The program has been ready once.
  public var isReady = false
  /// What has become of the model since it was read anew.
  public var trial = ModelTrial()

  public init() {}

  /// Counts frames that were reported, or takes them back.
  mutating func note(_ fate: FrameFate, _ step: Int) {
    switch fate {
    case .classified: classified += step
    case .unsure:
      classified += step
      unsure += step
    case .failed: failed += step
    case .unreported, .uncertain: break
    }
  }

  public var received: Int { classified + failed + skipped }
}
