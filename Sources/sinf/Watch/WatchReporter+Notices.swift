import SINFSystem
import SINFWatch

// What the loop has to say, in words.

extension WatchReporter {
  mutating func say(_ notice: WatchNotice, _ path: UnsafePointer<CChar>?, _ error: Errno?) {
    // Lines that were written before may not have reached the disk, and come again.
    if case .cannotWriteResults = notice { forgetAnswers() }
    beginLine(path)
    var error = error
    switch notice {
    case .cannotWriteResults: report.errors.put("cannot be written; waiting")
    case .cannotRotate: report.errors.put("cannot be rotated; waiting")
    case .canWriteResults, .canWriteLedger: report.errors.put("can be written again")
    case .resultsAreCutOff: report.errors.put("cannot write the results")
    case .cannotWriteLedger: report.errors.put("cannot be written; waiting")
    case .folderIsGone: report.errors.put("the watched folder is gone; waiting for it")
    case .folderIsBack: report.errors.put("the watched folder is back")
    case .cannotOpenLedgerAgain:
      report.errors.put("the watched folder's memory cannot be opened; waiting")
    case .folderIsScannedOnly:
      report.errors.put("no event tells of this folder, so that it is scanned every few seconds")
      putWhyUnwatched(&error)
    case .foldersAreWatched: report.errors.put("all folders are watched")
    case .cannotLook: report.errors.put("cannot be looked at")
    case .canLook: report.errors.put("can be looked at again")
    case .framesCannotLeave: report.errors.put("frames cannot leave the folder; trying again")
    case .framesLeave: report.errors.put("works again")
    case .rememberedAreFull(let count):
      report.errors.put("all of the ")
      report.errors.put(count)
      report.errors.put(" frames that can be remembered still lie here, so no new ones are taken;")
      report.errors.put(" see --done, --delete-done and --remember")
      error = nil
    case .framesAreTaken: report.errors.put("frames are taken again")
    case .failuresAreFull(let count):
      report.errors.put("all of the ")
      report.errors.put(count)
      report.errors.put(" failures that can be remembered still lie here, so that further ones are")
      report.errors.put(" left alone; see --failed and --remember")
    case .silentFileSystem(let kind, let seconds):
      report.errors.put("is on ")
      report.errors.put(bytes(of: kind))
      report.errors.put(", where the kernel does not tell of every change: scanned every ")
      report.errors.put(seconds)
      report.errors.put(" s")
    case .noEvents(let seconds):
      report.errors.put("scanned every ")
      report.errors.put(seconds)
      report.errors.put(" s, because the kernel gives no events")
      putWhyUnwatched(&error)
    case .tooDeep: report.errors.put("not entered: folders are followed 16 deep")
    case .leftAside:
      report.errors.put("is a frame that came when another was deleted; rename it")
    case .ledgerIsDamaged: report.errors.put("damaged records were passed over")
    case .ledgerWasRebuilt(let count):
      report.errors.put("had lost ")
      report.errors.put(count)
      report.errors.put(count == 1 ? " frame" : " frames")
      report.errors.put(" that the results know, and has them again")
    }
    endLine(error)
  }

  /// The kernel's limits, by the names under which they are set.
  private mutating func putWhyUnwatched(_ error: inout Errno?) {
    switch error {
    case .tooManyFiles?:
      report.errors.put(
        "; 'sysctl fs.inotify.max_user_instances' says how many programs may ask for events, ")
      report.errors.put("'sysctl -w fs.inotify.max_user_instances=256' allows more")
    case .noSpace?:
      report.errors.put(
        "; at most 256 are watched, and as many as 'sysctl fs.inotify.max_user_watches' says, ")
      report.errors.put("which 'sysctl -w fs.inotify.max_user_watches=65536' sets")
      error = nil
    default: break
    }
  }

  /// Why the loop cannot begin; the exit status.
  mutating func say(_ refusal: WatchRefusal, _ settings: WatchSettings) -> Int32 {
    switch refusal {
    case .folder(let error): say("cannot watch the folder", settings.folder, error)
    case .results(.isALink):
      say(
        "cannot open the results: is a link in a folder that others may write to",
        settings.output)
    case .results(let error): say("cannot open the results", settings.output, error)
    case .ledger(let failure): say(failure, settings.state)
    case .outputIsTheLedger:
      say("--output and --state lead to the same file; each needs its own", settings.output)
      return ExitStatus.usage
    case .destination(let path, let error):
      say("no folder to move frames to", path, error)
      return ExitStatus.usage
    case .destinationIsTheFolder(let path):
      say("is the watched folder itself; frames must move to another", path)
      return ExitStatus.usage
    case .destinationIsElsewhere(let path):
      beginLine(path)
      report.errors.put("is on another file system than ")
      report.errors.put(path: bytes(of: settings.folder))
      report.errors.put("; frames are moved by renaming")
      endLine()
      return ExitStatus.usage
    }
    return ExitStatus.failure
  }

  private mutating func say(_ failure: LedgerFailure, _ path: UnsafePointer<CChar>) {
    switch failure {
    case .system(.isALink):
      say("cannot keep the memory of what was reported: is a link, which is not followed", path)
    case .system(let error):
      say(
        "cannot keep the memory of what was reported; see --state for another place", path, error)
    case .inUse: say("is in use by another 'sinf watch'", path)
    case .notALedger: say("is not the memory of a 'sinf watch', and is left as it is", path)
    case .tooMany: say("knows more frames than --remember allows", path)
    }
  }
}
