import SINFSystem

// What keeps results and ledger in order: troubles with the disk, what an earlier process left,
// rotation, compaction.

extension WatchLoop where Client: ~Copyable {
  // MARK: Results

  /// Whether the results can go where they belong; makes the file anew where somebody moved or removed
  /// it.
  mutating func canWriteResults() -> Bool {
    if !troubles.isOn(.output), results.isInPlace { return true }
    // No frame whose report is in the other file may stay uncertain.
    settleLedger()
    return !troubles.isOn(.ledger) && mend()
  }

  /// Tries whether the results can be written again.
  private mutating func mend() -> Bool {
    do throws(Errno) {
      // Also where the file or its folder was removed: it is made anew.
      try results.open()
      try results.probe()
    } catch {
      begin(.output, .cannotWriteResults, settings.output, error)
      askForFreshProcess(error)
      return false
    }
    // It may be another file now; all before it is settled.
    if results.isRegular, results.status.inode != ledger.outputInode { account() }
    end(.output, .canWriteResults, settings.output)
    return true
  }

  /// Tells the ledger of which output it is.
  private mutating func account() {
    ledger.account(
      outputInode: results.status.inode, outputBytes: UInt64(results.length))
    writeLedger()
  }

  /// Begins a new file of results when this one is large enough. Intents never reach over the change:
  /// all fates are on the disk first.
  mutating func rotate() {
    guard settings.rotateBytes > 0, results.length >= Int64(settings.rotateBytes),
      !troubles.isOn(.output)
    else { return }
    settleLedger()
    guard !troubles.isOn(.ledger) else { return }
    do throws(Errno) {
      try results.rotate(keep: settings.rotateKeep)
    } catch {
      begin(.output, .cannotRotate, settings.output, error)
      return
    }
    account()
  }

  // MARK: Ledger

  /// Writes the fates; where that fails they are kept for the next try, and until then no frame is
  /// taken.
  mutating func writeLedger() {
    do throws(Errno) {
      try ledger.write()
    } catch {
      begin(.ledger, .cannotWriteLedger, settings.state, error)
    }
  }

  /// Puts what the ledger knows on the disk.
  mutating func settleLedger() {
    guard ledger.isOpen, troubles.mayTry(.ledger, system.monotonicNanoseconds) else { return }
    do throws(Errno) {
      try ledger.write()
      try ledger.sync()
    } catch {
      begin(.ledger, .cannotWriteLedger, settings.state, error)
      return
    }
    if !mustReconcile { end(.ledger, .canWriteLedger, settings.state) }
    // Mostly records of frames that are long gone.
    if ledger.recordCount > 4096, ledger.recordCount > 8 * ledger.fates.count, finder.folder >= 0 {
      compact()
    }
  }

  /// Whether the ledger has room for a batch; forgets frames whose files are gone if it has not.
  mutating func makeRoom(_ now: UInt64) -> Bool {
    let needed = ledger.fates.count + batch.count + 1
    guard needed > ledger.fates.capacity else { return true }
    // A batch is announced before the table is made smaller under it.
    guard batch.count == 0, troubles.mayTry(.remembered, now) else { return false }
    compact()
    if ledger.fates.count < ledger.fates.capacity {
      end(.remembered, .framesAreTaken, settings.folder)
      return true
    }
    begin(.remembered, .rememberedAreFull(ledger.fates.capacity), settings.folder, .noSpace)
    return false
  }

  /// Keeps in the ledger what still lies in the folder. Where the folder cannot be read whole, or may
  /// come back as it was after a power cut, nothing is forgotten.
  mutating func compact() {
    guard !mustReconcile else { return }
    defer { finder.endWalk() }
    ledger.clearMarks()
    do throws(Errno) {
      try finder.beginWalk(syncsNames: true)
      while let status = try finder.nextWalked() {
        ledger.mark(FrameIdentity(path: finder.path, status))
      }
    } catch {
      return
    }
    do throws(Errno) {
      try ledger.keepMarked(
        temporary: settings.freshState, outputBytes: UInt64(results.length))
    } catch {
      begin(.ledger, .cannotWriteLedger, settings.state, error)
    }
  }

  // MARK: What an earlier process left

  /// Whether what was uncertain is settled, after a try to settle it.
  mutating func isReconciled() -> Bool {
    guard mustReconcile else { return true }
    do throws(Errno) {
      try reconcile()
    } catch {
      if error != .cancelled { begin(.ledger, .cannotWriteLedger, settings.state, error) }
      return false
    }
    mustReconcile = false
    end(.ledger, .canWriteLedger, settings.state)
    return true
  }

  /// What the results hold was reported, whatever the ledger lost.
  private mutating func reconcile() throws(Errno) {
    // What an earlier try could not write.
    try ledger.write()
    guard results.isRegular else { return }
    var from = ledger.accountedBytes
    if ledger.fates.uncertainCount > 0 { from = min(from, ledger.uncertainFrom) }
    // A file that is shorter than it was is another one: all of it may matter.
    if from > UInt64(results.length) { from = 0 }
    // Where it is about another file, what it said of this one is lost, or of those that were rotated
    // since.
    let hasLost = ledger.outputInode != results.status.inode || ledger.damagedCount > 0
    var found = 0
    let knowsAll = try takeReported(results.descriptor, Int64(from), &found)
    if hasLost || !knowsAll { try rebuild() }
    try ledger.write()
    ledger.account(
      outputInode: results.status.inode, outputBytes: UInt64(results.length))
    try ledger.write()
    try ledger.sync()
  }

  /// Takes from all results what they say of frames that lie in the folder.
  private mutating func rebuild() throws(Errno) {
    defer {
      finder.endWalk()
      ledger.forgetUnreported()
    }
    try finder.beginWalk(syncsNames: false)
    while let status = try finder.nextWalked() {
      guard settings.includes(lastComponent(finder.path)) else { continue }
      ledger.expect(FrameIdentity(path: finder.path, status))
    }
    var found = 0
    for number in 1...9 {
      guard let older = results.openRotated(10 - number) else { continue }
      defer { system.close(older) }
      _ = try takeReported(older, 0, &found)
    }
    _ = try takeReported(results.descriptor, 0, &found)
    if found > 0 { client.say(.ledgerWasRebuilt(found), settings.state, nil) }
  }

  /// Notes what the file says of frames of which the ledger does not know what became; false when it
  /// says something of others that the ledger has never heard of.
  private mutating func takeReported(
    _ descriptor: Int32, _ from: Int64, _ found: inout Int
  ) throws(Errno) -> Bool {
    var knowsAll = true
    var lines = 0
    var reported = ReportedFrames(descriptor: descriptor, offset: from, disk: system)
    while let frame = try reported.next() {
      lines += 1
      if lines % 1024 == 0, client.isAskedToStop() { throw .cancelled }
      switch ledger.fates[frame.identity] {
      case nil: knowsAll = false
      case .uncertain, .unreported:
        _ = ledger.note(frame.fate, of: frame.identity)
        found += 1
        if found % Ledger<System>.batchLimit == 0 { try ledger.write() }
      case .classified, .unsure, .failed: break
      }
    }
    return knowsAll
  }
}
