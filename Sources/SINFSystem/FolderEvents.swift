import CSystem

/// Something that happened in a watched folder.
public struct FolderEvent {
  public enum Kind: Sendable {
    /// A file was closed by somebody who had it open for writing.
    case closed
    /// A file was renamed into the folder.
    case movedIn
    /// A name appeared: an empty file that is going to be written, or a hard link.
    case created
    /// Folders inside came, went or were renamed.
    case folders
    /// The watched folder itself was removed, renamed or unmounted.
    case gone
    /// The kernel dropped events.
    case overflow
  }

  public var kind: Kind
  /// Which watch it belongs to.
  public var watch: Int32
  /// Valid until the next event; empty where the kind has no name.
  public var name: UnsafePointer<CChar>

  public init(_ kind: Kind, watch: Int32, name: UnsafePointer<CChar>) {
    self.kind = kind
    self.watch = watch
    self.name = name
  }
}

/// The kernel's events (inotify), in some 8 KB of the caller's memory.
public struct FolderEvents {
  private let raw: UnsafeMutablePointer<csys_events>?

  public static var memoryBytes: Int { MemoryLayout<csys_events>.stride }

  /// None: what stands for them where the system refuses any.
  public init() { raw = nil }

  /// - Parameter memory: `memoryBytes`, 8-byte aligned, outliving this.
  public init(memory: UnsafeMutableRawPointer) throws(Errno) {
    let raw = memory.bindMemory(to: csys_events.self, capacity: 1)
    try Errno.check(csys_events_open(raw))
    self.raw = raw
  }

  /// To wait for; -1 where there are none.
  public var descriptor: Int32 {
    guard let raw else { return -1 }
    return raw.pointee.descriptor
  }

  /// Watches the folder (not a link to one): its number, the same again for the same folder.
  public func watch(_ folder: UnsafePointer<CChar>) throws(Errno) -> Int32 {
    guard let raw else { throw .tooManyFiles }
    return try Errno.value(csys_events_watch(raw, folder))
  }

  public func unwatch(_ watch: Int32) {
    if let raw { csys_events_unwatch(raw, watch) }
  }

  /// The next event that matters, without waiting; nil when there is none.
  public func next() -> FolderEvent? {
    guard let raw else { return nil }
    let none = UnsafeRawPointer(StaticString("").utf8Start).assumingMemoryBound(to: CChar.self)
    var event = csys_event(watch: -1, kind: 0, name: none)
    guard csys_events_next(raw, &event) else { return nil }
    let kind: FolderEvent.Kind
    switch UInt32(bitPattern: event.kind) {
    case CSYS_EVENT_CLOSED.rawValue: kind = .closed
    case CSYS_EVENT_MOVED_IN.rawValue: kind = .movedIn
    case CSYS_EVENT_CREATED.rawValue: kind = .created
    case CSYS_EVENT_FOLDERS.rawValue: kind = .folders
    case CSYS_EVENT_GONE.rawValue: kind = .gone
    default: kind = .overflow
    }
    return FolderEvent(kind, watch: event.watch, name: event.name)
  }
}
