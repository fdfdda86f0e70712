import CSystem
import SINFWatch

/// Names of files that the program makes.
enum PathText {
  static var state: UnsafePointer<CChar> { text(".sinf-watch") }
  static var fresh: UnsafePointer<CChar> { text(".new") }
  static var leaving: UnsafePointer<CChar> { text(".sinf-leaving") }

  /// (A literal passed as a C string directly would become an array.)
  static func text(_ text: StaticString) -> UnsafePointer<CChar> {
    UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
  }
}

extension Watch {
  /// Opens the folder, the ledger and the results; nil when all is well, else the exit status.
  mutating func open() -> Int32? {
    let watch = csys_events_watch(tables.events, root)
    if watch < 0, counts.pointee.isReady {
      // A fresh process in place of one that worked: the folder was here a moment ago.
      isAway = true
    } else if let status = openFolder(watch) {
      return status
    }
    let error = results.open()
    if error != 0, counts.pointee.isReady {
      begin(.output, options.output, "cannot be written; waiting", error)
    } else if error != 0 {
      say(options.output, "cannot open the results", error)
      return ExitStatus.failure
    }
    report.redirect(to: results.descriptor)
    if isAway { return nil }
    if let failure = openLedger() {
      say(failure)
      return ExitStatus.failure
    }
    var reread = reconcile()
    // A full disk is waited for here as it is later on.
    while csys_is_trouble(reread) != 0, !isStopping {
      begin(.ledger, tables.state.path, "cannot be written; waiting", reread)
      csys_wait(-1, signals, 200)
      readSignals()
      reread = reconcile()
    }
    if reread != 0, !isStopping {
      say(options.output, "cannot read the results back", reread)
      return ExitStatus.failure
    }
    return nil
  }

  private mutating func openFolder(_ watch: Int32) -> Int32? {
    guard watch >= 0, folders.note(watch, PathText.none) else {
      say(root, "cannot watch the folder", watch < 0 ? -watch : csys_path_too_long())
      return ExitStatus.failure
    }
    _ = csys_look(root, &rootStatus)
    // A fresh process waits for folders that are gone.
    if counts.pointee.isReady { return nil }
    return checkDestination(options.done) ?? checkDestination(options.failed)
  }

  /// --done and --failed must be folders of the watched one's file system: only there a file moves
  /// in one step.
  private mutating func checkDestination(_ path: UnsafePointer<CChar>?) -> Int32? {
    guard let path else { return nil }
    var status = csys_status()
    var folder = csys_status()
    let error = csys_look(path, &status)
    if error != 0 || status.kind != Int32(CSYS_FILE_DIRECTORY.rawValue) {
      say(path, "no folder to move frames to", error)
      return ExitStatus.usage
    }
    if csys_look(root, &folder) == 0, folder.device != status.device {
      report.errors.put("sinf: ")
      report.errors.put(path: bytes(of: path))
      report.errors.put(": is on another file system than ")
      report.errors.put(path: bytes(of: root))
      report.errors.put("; frames are moved by renaming\n")
      report.errors.flush()
      return ExitStatus.usage
    }
    return nil
  }

  /// Opens the ledger; waits up to five seconds for a process that is about to end.
  mutating func openLedger() -> Ledger.Failure? {
    let start = csys_monotonic_nanoseconds()
    while true {
      do throws(Ledger.Failure) {
        try ledger.open()
        if ledger.damagedCount > 0 { say(tables.state.path, "damaged records were passed over") }
        return nil
      } catch {
        let isOver = csys_monotonic_nanoseconds() &- start > 5_000_000_000
        if error != .inUse || isOver { return error }
        csys_wait(-1, -1, 50)
      }
    }
  }

  /// Settles what an earlier process left uncertain: what the results hold was reported.
  mutating func reconcile() -> Int32 {
    guard results.isRegular, ledger.fates.uncertainCount > 0 else { return 0 }
    // A file that is shorter than it was is another one: all of it may matter.
    let from = Int64(clamping: ledger.uncertainFrom)
    var reported = ReportedFrames(
      descriptor: results.descriptor, offset: from <= results.length ? from : 0)
    do throws(Ledger.Failure) {
      // What an earlier try could not write.
      try ledger.write()
      var noted = 0
      while let frame = reported.next() {
        guard ledger.fates[frame.identity] == .uncertain else { continue }
        _ = ledger.note(frame.fate, of: frame.identity)
        noted += 1
        if noted % Ledger.batchLimit == 0 { try ledger.write() }
      }
      try ledger.write()
      try ledger.sync()
    } catch {
      if case .system(let number) = error { return number }
    }
    return 0
  }

  /// Whether the line of an uncertain frame would be found in the results, so that one that is not
  /// found was not reported.
  var canLookBack: Bool { results.isRegular }

  mutating func say(_ failure: Ledger.Failure) {
    let path = tables.state.path
    switch failure {
    case .system(let error):
      say(
        path, "cannot keep the memory of what was reported; see --state for another place", error)
    case .inUse: say(path, "is in use by another 'sinf watch'")
    case .notALedger: say(path, "is not the memory of a 'sinf watch', and is left as it is")
    case .tooMany: say(path, "knows more frames than --remember allows")
    }
  }
}

extension PathText {
  /// The watched folder itself.
  static var none: UnsafePointer<CChar> { text("") }
}
