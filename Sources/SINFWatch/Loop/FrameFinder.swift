import SINFSystem

/// What finds frames: the kernel's events, and scans of the watched folder.
///
/// The folder is open from `enter` to `leave` only, so that its file system can be unmounted while the
/// program rests.
struct FrameFinder<System: WatchSystem>: ~Copyable {
  /// What was found, at `path`.
  enum Finding {
    /// A file that is named like a frame.
    ///
    /// - isWhole: its writer has closed it or renamed it into its place.
    /// - isCounted: it counts where it turns out to be no regular file.
    case frame(FileStatus, isWhole: Bool, isCounted: Bool)
    /// Anything else that is to be counted.
    case other
    /// Events were dropped.
    case overflow
    /// The watched folder is no longer there.
    case gone(Errno)
    /// A folder of which no event tells; nil where it is one too many.
    case scannedOnly(Errno?)
    case unreadable(Errno)
    case tooDeep
  }

  let system: System
  let settings: WatchSettings
  /// The watched folder; -1 while it is not entered.
  private(set) var folder: Int32 = -1
  /// What was watched when it was opened last, to notice when something else stands there.
  private var status = FileStatus()
  private var folders: WatchedFolders
  private var scan: FolderScan<System>
  /// Below the watched folder.
  private var place: Path
  /// From the root, for watching.
  private var whole: Path
  private var isScanning = false
  private var syncsNames = false
  private var isFirstScan = false
  private var scanStart: UInt64 = 0
  private var nextScan: UInt64 = 0
  /// Time between scans that nothing asks for.
  private(set) var scanPause: UInt64
  /// The kind of file system, where the kernel doesn't tell of every change on it.
  private(set) var silentKind: UnsafePointer<CChar>?
  /// Why the kernel tells of none.
  private(set) var eventError: Errno?
  var wantsScan = true

  /// Where a scan must do for events, so often.
  static var silentPause: UInt64 { 5_000_000_000 }
  static var pollingPause: UInt64 { 1_000_000_000 }

  static func memoryBytes(_ settings: WatchSettings) -> Int {
    Carver.rounded(FolderScan<System>.memoryBytes)
      + Carver.rounded(
        WatchedFolders.bytes(
          capacity: settings.folderLimit, pathBytes: settings.pathBytes))
      + 2 * Carver.rounded(Path.longCapacity)
  }

  init(_ settings: WatchSettings, _ memory: inout Carver, system: System) {
    self.system = system
    self.settings = settings
    scanPause = settings.rescanNanoseconds
    scan = FolderScan(memory: memory.take(FolderScan<System>.memoryBytes), disk: system)
    folders = WatchedFolders(
      memory: memory.take(
        WatchedFolders.bytes(
          capacity: settings.folderLimit, pathBytes: settings.pathBytes)),
      capacity: settings.folderLimit, pathBytes: settings.pathBytes)
    place = Path(memory: memory.take(Path.longCapacity), capacity: Path.longCapacity)
    whole = Path(memory: memory.take(Path.longCapacity), capacity: Path.longCapacity)
  }

  /// Of the last finding, below the watched folder; valid until the next.
  var path: UnsafePointer<CChar> { isScanning ? scan.path.text : place.text }

  /// Begins to watch what stands at the folder's path now, and enters it.
  mutating func open() throws(Errno) {
    leave()
    folders.removeAll()
    folder = try system.openFolder(settings.folder)
    do throws(Errno) {
      status = try system.look(at: folder)
      eventError = nil
      do throws(Errno) {
        let watch = try system.events.watch(settings.folder)
        _ = folders.note(watch, Text.none)
      } catch {
        guard error.isTrouble else { throw error }
        // No more watches, or none at all: scans must do.
        eventError = error
      }
    } catch {
      leave()
      throw error
    }
    silentKind = system.silentKind(of: folder)
    scanPause = settings.rescanNanoseconds
    if silentKind != nil { scanPause = min(scanPause, FrameFinder<System>.silentPause) }
    if eventError != nil { scanPause = min(scanPause, FrameFinder<System>.pollingPause) }
    wantsScan = true
  }

  /// Opens the folder; `.noSuchFile` where another stands in its place.
  mutating func enter() throws(Errno) {
    guard folder < 0 else { return }
    let opened = try system.openFolder(settings.folder)
    do throws(Errno) {
      guard try system.look(at: opened).isSamePlace(as: status) else { throw .noSuchFile }
    } catch {
      system.close(opened)
      throw error
    }
    folder = opened
  }

  mutating func leave() {
    if folder >= 0 { system.close(folder) }
    folder = -1
    scan.end()
    isScanning = false
  }

  /// Nothing is watched any more.
  mutating func forget() {
    leave()
    folders.removeAll()
  }

  // MARK: Events

  /// What the next event that matters tells; nil when there is none.
  mutating func nextEvent() -> Finding? {
    isScanning = false
    while let event = system.events.next() {
      switch event.kind {
      case .overflow:
        wantsScan = true
        return .overflow
      case .gone:
        wantsScan = true
        if let path = folders.path(of: event.watch), path[0] == 0 { return .gone(.noSuchFile) }
      case .folders:
        if settings.isRecursive { wantsScan = true }
      case .closed, .movedIn, .created:
        if let finding = look(event) { return finding }
      }
    }
    return nil
  }

  private mutating func look(_ event: FolderEvent) -> Finding? {
    guard event.name[0] != 0x2E, event.name[0] != 0,
      let parent = folders.path(of: event.watch), place.set(parent, event.name)
    else { return nil }
    let isWhole = event.kind != .created
    guard settings.includes(event.name) else { return isWhole ? .other : nil }
    // Gone again: moved or deleted by its writer, who made another name for it, or by ourselves after a
    // scan had found it. What nobody saw is no frame.
    guard let status = try? system.look(place.text, in: folder) else { return nil }
    // Of links, FIFOs and the like there is only the event that made them or moved them in.
    return .frame(status, isWhole: isWhole, isCounted: event.kind != .closed)
  }

  // MARK: Scans

  /// When the next scan is due that nothing asks for.
  var scanDue: UInt64 { settings.isOnce ? UInt64.max : nextScan }

  /// Begins to go through the folder, which is entered.
  mutating func beginScan(isFirst: Bool) {
    wantsScan = false
    isScanning = true
    isFirstScan = isFirst
    scanStart = system.monotonicNanoseconds
    folders.beginScan()
    if eventError == nil, let watch = try? system.events.watch(settings.folder) {
      _ = folders.note(watch, Text.none)
    }
    scan.begin(folder, isRecursive: settings.isRecursive)
  }

  /// What the scan finds next; nil at its end.
  mutating func nextScanned() -> Finding? {
    while let entry = scan.next() {
      switch entry {
      case .file(let status):
        if settings.includes(scan.name) {
          return .frame(status, isWhole: false, isCounted: isFirstScan)
        }
        if isFirstScan { return .other }
      case .folder(let status):
        if !settings.isRecursive || isDestination(status) {
          scan.leaveOut()
        } else if let finding = watchScanned() {
          return finding
        }
      case .unreadable(let error):
        return scan.path.count == 0 ? .gone(error) : .unreadable(error)
      case .tooDeep:
        if isFirstScan { return .tooDeep }
      }
    }
    return nil
  }

  /// Ends the scan, at its end or before.
  mutating func endScan(isWhole: Bool) {
    if isWhole {
      while let gone = folders.removeUnseen() { system.events.unwatch(gone) }
    }
    scan.end()
    isScanning = false
    let now = system.monotonicNanoseconds
    // A folder that takes long to go through is not gone through all the time.
    nextScan = now &+ max(scanPause, 10 &* (now &- scanStart))
  }

  /// Watches the folder that the scan is about to enter.
  private mutating func watchScanned() -> Finding? {
    if eventError != nil { return nil }
    guard whole.set(settings.folder, scan.path.text) else { return .scannedOnly(.pathTooLong) }
    do throws(Errno) {
      let watch = try system.events.watch(whole.text)
      if folders.note(watch, scan.path.text) { return nil }
      system.events.unwatch(watch)
      return .scannedOnly(nil)
    } catch {
      return error == .noSuchFile ? nil : .scannedOnly(error)
    }
  }

  /// Whether the folder is where frames are moved to.
  private func isDestination(_ status: FileStatus) -> Bool {
    isSame(status, settings.done) || isSame(status, settings.failed)
      || isSame(status, settings.unsure)
  }

  private func isSame(_ status: FileStatus, _ path: UnsafePointer<CChar>?) -> Bool {
    guard let path, let other = try? system.look(path) else { return false }
    return other.isSamePlace(as: status)
  }

  // MARK: Going through it for other reasons

  /// Begins to go through all files, which need not be frames.
  ///
  /// - Parameter syncsNames: each folder's names are on the disk before its files are given.
  mutating func beginWalk(syncsNames: Bool) throws(Errno) {
    if syncsNames { try system.sync(folder: folder) }
    self.syncsNames = syncsNames
    isScanning = true
    scan.begin(folder, isRecursive: settings.isRecursive)
  }

  /// The next file, at `path`; nil at the end. Fails where the folder cannot be read whole.
  mutating func nextWalked() throws(Errno) -> FileStatus? {
    while let entry = scan.next() {
      switch entry {
      case .file(let status): return status
      case .folder:
        guard syncsNames else { continue }
        let opened = try scan.openFolder()
        defer { system.close(opened) }
        try system.sync(folder: opened)
      case .tooDeep: break
      case .unreadable(let error): throw error
      }
    }
    return nil
  }

  mutating func endWalk() {
    scan.end()
    isScanning = false
  }
}
