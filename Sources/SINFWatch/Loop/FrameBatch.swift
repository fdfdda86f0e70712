import SINFSystem

/// Up to 64 frames whose intents reach the disk together, then their lines, then their fates.
struct FrameBatch {
  struct Frame {
    var slot = FrameQueue.Slot()
    var identity = FrameIdentity(number: 16)
    var status = FileStatus()
    /// An earlier process ended while it was at this frame.
    var wasUncertain = false
    /// Why it is reported without being read.
    var loss: FrameLoss?
    /// nil: not reported (yet).
    var fate: FrameFate?
    /// It has left the queue without being reported.
    var isLeftAlone = false
  }

  private var frames = InlineArray<64, Frame>(repeating: Frame())
  private(set) var count = 0
  /// The length of the results when the batch was announced.
  var start: Int64 = 0
  /// Nothing may join any more.
  private(set) var isClosed = false

  static var limit: Int { 64 }

  mutating func begin() {
    count = 0
    isClosed = false
  }

  subscript(index: Int) -> Frame {
    get { frames[index] }
    set { frames[index] = newValue }
  }

  /// Takes the frame in. One that an earlier process did not survive stays alone, so that it is known
  /// who was at fault if this one doesn't either: false when it has to wait for the next batch.
  mutating func add(_ frame: Frame) -> Bool {
    if frame.wasUncertain {
      isClosed = true
      if count > 0 { return false }
    }
    frames[count] = frame
    count += 1
    if count == FrameBatch.limit { isClosed = true }
    return true
  }
}
