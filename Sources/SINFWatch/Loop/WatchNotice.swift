/// What the loop has to say. Behind each what its path and error are.
public enum WatchNotice {
  // Troubles, said when they begin and when they end.
  /// Output.
  case cannotWriteResults, cannotRotate, canWriteResults
  /// Standard output, for good.
  case resultsAreCutOff
  /// Ledger.
  case cannotWriteLedger, canWriteLedger
  /// The watched folder.
  case folderIsGone, folderIsBack
  /// The ledger, when the folder came back.
  case cannotOpenLedgerAgain
  /// A folder in it that no event tells of.
  case folderIsScannedOnly, foldersAreWatched
  /// An entry.
  case cannotLook, canLook
  /// The folder that frames go to, or are deleted from.
  case framesCannotLeave, framesLeave
  /// The watched folder; the error is "no space". How many can be remembered.
  case rememberedAreFull(Int)
  case framesAreTaken
  /// The watched folder. How many failures can be remembered.
  case failuresAreFull(Int)

  // Said once.
  /// The watched folder, on a file system of this kind.
  case silentFileSystem(kind: UnsafePointer<CChar>, seconds: Int)
  /// The watched folder; the error is the kernel's.
  case noEvents(seconds: Int)
  /// A folder.
  case tooDeep
  /// A frame under the name of one that was being deleted.
  case leftAside
  /// The ledger.
  case ledgerIsDamaged
  /// The ledger. How many frames the results knew of.
  case ledgerWasRebuilt(Int)
}
