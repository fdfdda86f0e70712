import SINFPictures

/// What the loop is to do. Paths outlive it.
public struct WatchSettings {
  public var folder: UnsafePointer<CChar>
  /// nil: standard output.
  public var output: UnsafePointer<CChar>?
  public var state: UnsafePointer<CChar>
  /// The ledger's next version until it takes the place of `state`.
  public var freshState: UnsafePointer<CChar>
  /// Where frames go that were classified, and those that failed; nil: nowhere.
  public var done: UnsafePointer<CChar>?
  public var failed: UnsafePointer<CChar>?
  /// Where those go that were classified without being sure; nil: where the other classified ones go.
  public var unsure: UnsafePointer<CChar>?
  public var deletesDone = false
  public var settleNanoseconds: UInt64 = 1_000_000_000
  /// Time between scans where events are reliable.
  public var rescanNanoseconds: UInt64 = 30_000_000_000
  public var isOnce = false
  public var isRecursive = false
  public var maximumQueue = 1024
  public var order = FrameQueue.Order.oldestFirst
  public var remember = 65_536
  /// 0: never.
  public var rotateBytes = 0
  public var rotateKeep = 3
  private var patterns = InlineArray<16, UnsafePointer<CChar>?>(repeating: nil)
  public private(set) var patternCount = 0

  public init(
    folder: UnsafePointer<CChar>, state: UnsafePointer<CChar>, freshState: UnsafePointer<CChar>
  ) {
    self.folder = folder
    self.state = state
    self.freshState = freshState
  }

  /// Takes files whose names match, instead of pictures'; false when there are too many patterns.
  public mutating func include(_ pattern: UnsafePointer<CChar>) -> Bool {
    guard patternCount < patterns.count else { return false }
    patterns[patternCount] = pattern
    patternCount += 1
    return true
  }

  /// Whether a file of this name is taken for a frame.
  func includes(_ name: UnsafePointer<CChar>) -> Bool {
    if patternCount == 0 { return PictureRule.accepts(name: name) }
    for index in 0..<patternCount {
      if let pattern = patterns[index], Glob(pattern).matches(name) { return true }
    }
    return false
  }

  /// Whether a frame of this fate is to leave the folder.
  func leaves(_ fate: FrameFate) -> Bool { deletes(fate) || place(of: fate) != nil }

  /// The folder that a frame of this fate moves to; nil for none.
  func place(of fate: FrameFate) -> UnsafePointer<CChar>? {
    switch fate {
    case .classified: done
    case .unsure: unsure ?? done
    case .failed: failed
    case .unreported, .uncertain: nil
    }
  }

  /// Whether a frame of this fate is deleted.
  func deletes(_ fate: FrameFate) -> Bool {
    deletesDone && (fate == .classified || fate == .unsure && unsure == nil)
  }

  /// Folders that can be watched, the first included.
  var folderLimit: Int { isRecursive ? 256 : 1 }

  /// Longest path below the watched folder, its end included.
  var pathBytes: Int { isRecursive ? 1024 : 256 }
}
