/// What became of the inputs. They always close: received = classified + failed + skipped.
struct Counts {
  private(set) var classified = 0
  private(set) var failed = 0
  private(set) var skipped = 0
  /// Of the skipped, folders that were not entered.
  private(set) var skippedFolders = 0

  var received: Int { classified + failed + skipped }

  mutating func classify() { classified += 1 }
  mutating func fail() { failed += 1 }
  mutating func skip(isFolder: Bool) {
    skipped += 1
    if isFolder { skippedFolders += 1 }
  }
}
