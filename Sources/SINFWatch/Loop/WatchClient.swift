import SINFSystem

/// Which frame a line is about.
public struct FrameTag: Sendable {
  public let identity: FrameIdentity
  /// Wall clock, since 1970.
  public let nanoseconds: Int64
  /// The frame may have been reported before.
  public let isReplayed: Bool

  public init(identity: FrameIdentity, nanoseconds: Int64, isReplayed: Bool) {
    self.identity = identity
    self.nanoseconds = nanoseconds
    self.isReplayed = isReplayed
  }

  /// What every line of JSON has behind its status, up to the identity's 16 hexadecimal digits.
  public static let identityKey: StaticString = ",\"id\":\""
  /// What the line of a picture has whose answer is not sure.
  public static let doubt: StaticString = ",\"sure\":false"
}

/// What labelling a picture came to; the answer itself stays with the client.
public enum Labelling: Equatable, Sendable {
  case classified
  /// Classified, with an answer that is not sure.
  case unsure
  /// It ends too early, as the picture of a writer does that has not finished.
  case unfinished
  /// It is no picture, or a damaged one.
  case flawed
  /// Reading failed.
  case unreadable(Errno)
}

/// Why a frame is reported without having been read to its end.
public enum FrameLoss: Equatable, Sendable {
  /// It cannot be looked at or opened.
  case system(Errno)
  /// The program ended so many times while it was at this frame.
  case fatal(attempts: Int)
}

/// What the loop leaves to the program around it: pictures, lines and words.
public protocol WatchClient: ~Copyable {
  /// Labels the picture that the descriptor reads, from its beginning.
  mutating func label(_ descriptor: Int32) -> Labelling

  /// Writes the line about the picture that was labelled last. What went wrong with writing, nil when
  /// all of the line is written.
  mutating func writeAnswer(
    _ path: UnsafePointer<CChar>, _ tag: FrameTag, to descriptor: Int32
  ) -> Errno?

  /// The same about a frame that was lost.
  mutating func writeLoss(
    _ loss: FrameLoss, _ path: UnsafePointer<CChar>, _ tag: FrameTag, to descriptor: Int32
  ) -> Errno?

  /// Tells people; paths are valid during the call only.
  mutating func say(_ notice: WatchNotice, _ path: UnsafePointer<CChar>?, _ error: Errno?)

  /// Called at least once a frame: gives signs of life, and says whether to stop soon.
  mutating func isAskedToStop() -> Bool
}
