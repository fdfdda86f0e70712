import CSystem
import SINFWatch

// What keeps results and ledger in order: troubles with the disk, rotation, compaction.

extension Watch {
  /// A line could not be written: what is there of it goes, and the frame waits.
  mutating func stopResults() {
    let error = report.output.error
    guard options.output != nil else {
      // Nobody reads standard output any more, or its disk is full: it cannot be cut or reopened.
      isCutOff = true
      report.errors.put("sinf: cannot write the results: ")
      report.errors.put(system: error)
      report.errors.put("\n")
      report.errors.flush()
      return
    }
    results.takeBack()
    report.redirect(to: results.descriptor)
    begin(.output, options.output, "cannot be written; waiting", error)
  }

  /// Tries whether the results can be written again.
  mutating func mend() -> Bool {
    // Also where the file or its folder was removed: it is made anew.
    let opened = results.open()
    let error = opened != 0 ? opened : results.probe()
    if error != 0 {
      begin(.output, options.output, "cannot be written; waiting", error)
      askForFreshProcess(error)
      return false
    }
    report.redirect(to: results.descriptor)
    end(.output, options.output, "can be written again")
    return true
  }

  /// Writes the fates; where that fails they are kept for the next try, and until then no frame is
  /// taken.
  mutating func writeLedger() {
    do throws(Ledger.Failure) {
      try ledger.write()
    } catch {
      if case .system(let number) = error {
        begin(.ledger, tables.state.path, "cannot be written; waiting", number)
      }
    }
  }

  /// Puts what the ledger knows on the disk.
  mutating func settleLedger() {
    guard ledger.isOpen, troubles.mayTry(.ledger, csys_monotonic_nanoseconds()) else { return }
    do throws(Ledger.Failure) {
      try ledger.write()
      try ledger.sync()
    } catch {
      if case .system(let number) = error {
        begin(.ledger, tables.state.path, "cannot be written; waiting", number)
      }
      return
    }
    end(.ledger, tables.state.path, "can be written again")
    // Mostly records of frames that are long gone.
    if ledger.recordCount > 4096, ledger.recordCount > 8 * ledger.fates.count { compact() }
  }

  /// Begins a new file of results when this one is large enough. Intents never reach over the change:
  /// all fates are on the disk first.
  mutating func rotate() {
    guard options.rotateBytes > 0, results.length >= Int64(options.rotateBytes),
      !troubles.isOn(.output)
    else { return }
    settleLedger()
    guard !troubles.isOn(.ledger) else { return }
    let error = results.rotate(keep: options.rotateKeep, tables.other, tables.target)
    report.redirect(to: results.descriptor)
    if error != 0 { begin(.output, options.output, "cannot be rotated; waiting", error) }
  }

  /// Whether the ledger has room for a batch; forgets frames whose files are gone if it has not.
  mutating func makeRoom(_ now: UInt64) -> Bool {
    let needed = ledger.fates.count + batchCount + 1
    guard needed > ledger.fates.capacity else { return true }
    // A batch is announced before the table is made smaller under it.
    guard batchCount == 0, troubles.mayTry(.remembered, now) else { return false }
    compact()
    if ledger.fates.count < ledger.fates.capacity {
      end(.remembered, root, "frames are taken again")
      return true
    }
    if troubles.begin(.remembered, csys_no_space(), now) {
      report.errors.put("sinf: ")
      report.errors.put(path: bytes(of: root))
      report.errors.put(": all of the ")
      report.errors.put(ledger.fates.capacity)
      report.errors.put(" frames that can be remembered still lie here, so no new ones are taken;")
      report.errors.put(" see --done, --delete-done and --remember\n")
      report.errors.flush()
    }
    return false
  }

  /// Waits until it is on the disk which names the folder has; false when that fails.
  private func syncNames(in folder: UnsafePointer<CChar>) -> Bool {
    tables.other.set(folder, PathText.leaving) && csys_sync_folder_of(tables.other.path) == 0
  }

  /// Keeps in the ledger what still lies in the folder. Where the folder cannot be read whole, or may
  /// come back as it was after a power cut, nothing is forgotten.
  private mutating func compact() {
    guard syncNames(in: root) else { return }
    ledger.clearMarks()
    var scan = FolderScan(root, isRecursive: options.shared.isRecursive, memory: tables.scan)
    while let entry = scan.next() {
      switch entry {
      case .file(let status):
        ledger.mark(FrameIdentity(path: scan.relativePath, status))
      case .folder: if !syncNames(in: scan.path) { return }
      case .tooDeep: break
      case .unreadable: return
      }
    }
    do throws(Ledger.Failure) {
      try ledger.keepMarked(temporary: tables.freshState.path)
    } catch {
      if case .system(let number) = error {
        begin(.ledger, tables.state.path, "cannot be written; waiting", number)
      }
    }
  }
}
