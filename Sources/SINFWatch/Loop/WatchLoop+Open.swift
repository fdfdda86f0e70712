import SINFSystem

/// Why a loop cannot begin.
public enum WatchRefusal: Error, @unchecked Sendable {
  /// The watched folder.
  case folder(Errno)
  case results(Errno)
  case ledger(LedgerFailure)
  /// Where frames are to go: no folder (nil: something else), or one that does not fit.
  case destination(UnsafePointer<CChar>, Errno?)
  case destinationIsTheFolder(UnsafePointer<CChar>)
  case destinationIsElsewhere(UnsafePointer<CChar>)
  /// The output, or one of the names that it is rotated to, is the ledger.
  case outputIsTheLedger
}

extension WatchLoop where Client: ~Copyable {
  /// Opens the folder, the results and the ledger.
  ///
  /// A fresh process in place of one that worked (`counts.isReady`) waits for what is missing, since
  /// all was here a moment ago.
  public mutating func open() throws(WatchRefusal) {
    do throws(Errno) {
      try finder.open()
    } catch {
      guard counts.pointee.isReady else { throw .folder(error) }
      isAway = true
    }
    if !isAway, !counts.pointee.isReady {
      try check(settings.done)
      try check(settings.failed)
      try check(settings.unsure)
    }
    do throws(Errno) {
      try results.open()
    } catch {
      guard counts.pointee.isReady else { throw .results(error) }
      begin(.output, .cannotWriteResults, settings.output, error)
    }
    if isAway { return }
    for number in 0...settings.rotateKeep where results.isSame(settings.state, as: number) {
      throw .outputIsTheLedger
    }
    do throws(LedgerFailure) {
      try openLedger()
    } catch {
      throw .ledger(error)
    }
    // Made under another name of the output, a link of its folder for instance.
    for number in 0...settings.rotateKeep where results.isSame(settings.state, as: number) {
      throw .outputIsTheLedger
    }
    if !counts.pointee.isReady { sayHowItIsWatched() }
    if settings.deletesDone { removeLeavings() }
    finder.leave()
  }

  /// --done, --failed and --unsure must be other folders of the watched one's file system: only there a file
  /// moves in one step.
  private func check(_ path: UnsafePointer<CChar>?) throws(WatchRefusal) {
    guard let path else { return }
    let status: FileStatus
    let folder: FileStatus
    do throws(Errno) {
      status = try system.look(path)
      folder = try system.look(at: finder.folder)
    } catch {
      throw .destination(path, error)
    }
    guard status.kind == .directory else { throw .destination(path, nil) }
    if status.isSamePlace(as: folder) { throw .destinationIsTheFolder(path) }
    if status.device != folder.device { throw .destinationIsElsewhere(path) }
  }

  private mutating func sayHowItIsWatched() {
    let seconds = Int(finder.scanPause / 1_000_000_000)
    if let error = finder.eventError {
      client.say(.noEvents(seconds: seconds), settings.folder, error)
    } else if let kind = finder.silentKind {
      client.say(.silentFileSystem(kind: kind, seconds: seconds), settings.folder, nil)
    }
  }

  /// Opens the ledger; waits up to five seconds for a process that is about to end.
  mutating func openLedger() throws(LedgerFailure) {
    let start = system.monotonicNanoseconds
    while true {
      do throws(LedgerFailure) {
        try ledger.open()
        break
      } catch {
        let isOver = system.monotonicNanoseconds &- start > 5_000_000_000
        if error != .inUse || isOver { throw error }
        system.pause(nanoseconds: 50_000_000)
      }
    }
    if ledger.damagedCount > 0 { client.say(.ledgerIsDamaged, settings.state, nil) }
    mustReconcile = true
  }

  /// Deletes what a process that was killed had renamed in order to delete it, and names what came
  /// under such a name.
  private mutating func removeLeavings() {
    guard let folder = try? system.openFolder(Text.here, in: finder.folder) else { return }
    var listing = FolderListing()
    listing.begin(folder)
    defer { system.close(folder) }
    while let name = try? system.nextName(&listing) {
      if retirer.removeLeaving(name, in: folder) { continue }
      if fullPath.set(settings.folder, name) { client.say(.leftAside, fullPath.text, nil) }
    }
  }
}
