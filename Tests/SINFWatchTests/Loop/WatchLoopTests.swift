import Foundation
import SINFSystem
import Testing

@testable import SINFWatch

/// The loop over a false clock and a false disk: what it finds, when, and what becomes of it.
@Suite struct WatchLoopTests {
  @Test func reportsWhatLiesThereAndWhatComes() throws {
    let watcher = Watcher()
    watcher.system.write("/in/a.png", "good", event: nil)
    watcher.system.write("/in/notes.txt", "good", event: nil)
    try watcher.start()
    watcher.pass(seconds: 2)
    #expect(watcher.lines == ["classified a.png"])
    watcher.system.write("/in/b.png", "bad")
    watcher.system.write("/in/c.png", "good")
    watcher.work()
    #expect(watcher.lines.sorted() == ["classified a.png", "classified c.png", "failed b.png"])
    #expect(watcher.counts.pointee.received == 4)
    #expect(watcher.counts.pointee.skipped == 1)
    // Only the ledger and the results stay open while it rests.
    #expect(watcher.system.open.count == 2)
  }

  @Test func waitsUntilAFileHasLainStill() throws {
    let watcher = Watcher()
    try watcher.start()
    watcher.work()
    watcher.system.write("/in/a.png", "good", event: .created)
    watcher.pass(seconds: 0.9)
    #expect(watcher.lines.isEmpty)
    watcher.pass(seconds: 0.3)
    #expect(watcher.lines == ["classified a.png"])
  }

  /// No line is about a picture that was written while it was read.
  @Test(arguments: ["content", "times", "writer"]) func leavesAFrameThatChanges(how: String) throws
  {
    let watcher = Watcher()
    let node = watcher.system.write("/in/latest.png", "good 1", event: nil)
    watcher.system.now += 10_000_000_000
    watcher.log.whileLabelling = { text in
      guard text == "good 1" else { return }
      switch how {
      case "content":
        node.bytes = Array("good and longer".utf8)
        node.modified += 4_000_000
        node.changed = node.modified
      case "times": node.changed += 4_000_000
      default: node.writing = .somebody
      }
      watcher.log.whileLabelling = { _ in }
    }
    try watcher.start()
    watcher.pass(seconds: 0.05)
    #expect(watcher.log.labelled == ["good 1"] || how == "times")
    if how != "times" { #expect(watcher.lines.isEmpty) }
    node.writing = .nobody
    watcher.pass(seconds: 5)
    #expect(watcher.lines == ["classified latest.png"])
    #expect(watcher.log.labelled.count == 2)
    #expect(watcher.log.labelled.last == (how == "content" ? "good and longer" : "good 1"))
  }

  /// The clock that stamps files stands still for some milliseconds: a frame of this very moment is
  /// not read before a change of it would show.
  @Test func readsNoFrameOfThisVeryMoment() throws {
    let watcher = Watcher()
    try watcher.start()
    watcher.work()
    let node = watcher.system.write("/in/a.png", "good")
    var clock: Int64 = 0
    watcher.log.whileLabelling = { _ in clock = watcher.system.fileNanoseconds }
    watcher.work()
    #expect(watcher.lines == ["classified a.png"])
    #expect(clock > node.changed)
  }

  /// A disk that is full is waited for, with pauses that grow, and nothing is lost or doubled.
  @Test(arguments: ["append", "sync", "make"]) func waitsForTheDisk(operation: String) throws {
    let watcher = Watcher()
    try watcher.start()
    watcher.work()
    var isFull = true
    watcher.system.failure = { name, _ in isFull && name == operation ? .noSpace : nil }
    for index in 0..<70 { watcher.system.write("/in/\(index).png", "good") }
    if operation == "make" {
      // Somebody takes the results away, and there is no room for new ones.
      watcher.system.root.entries["out"] = nil
    }
    watcher.pass(seconds: 20)
    #expect(watcher.lines.isEmpty)
    #expect(watcher.log.notices.count < 4)
    isFull = false
    watcher.pass(seconds: 20)
    #expect(watcher.lines.count == 70)
    #expect(Set(watcher.lines).count == 70)
    #expect(watcher.counts.pointee.classified == 70)
  }

  /// What cannot be read for a while is tried again, a scan meanwhile notwithstanding.
  @Test func backsOffFromAFrameThatCannotBeRead() throws {
    let watcher = Watcher { settings, _ in settings.rescanNanoseconds = 1_000_000_000 }
    try watcher.start()
    var tries = 0
    watcher.system.failure = { name, path in
      guard name == "openFile", path == "a.png" else { return nil }
      tries += 1
      return Errno(EIO)
    }
    watcher.system.write("/in/a.png", "good")
    watcher.pass(seconds: 60)
    #expect(watcher.lines == ["failed a.png"])
    #expect(tries < 30)
  }

  // MARK: Events that never come

  @Test func findsWithoutAnEventWhatComesToAFolder() throws {
    let watcher = Watcher()
    try watcher.start()
    watcher.pass(seconds: 1)
    watcher.system.write("/in/remote.png", "good", event: nil)
    watcher.pass(seconds: 25)
    #expect(watcher.lines.isEmpty)
    watcher.pass(seconds: 7)
    #expect(watcher.lines == ["classified remote.png"])
  }

  @Test func looksOftenWhereTheKernelIsSilent() throws {
    let watcher = Watcher()
    watcher.system.silent = true
    try watcher.start()
    watcher.pass(seconds: 1)
    watcher.system.write("/in/remote.png", "good", event: nil)
    watcher.pass(seconds: 7)
    #expect(watcher.lines == ["classified remote.png"])
    #expect(watcher.log.notices.contains { $0.contains("silentFileSystem") })
  }

  @Test func scansWhereThereAreNoEvents() throws {
    let watcher = Watcher()
    watcher.system.hasEvents = false
    try watcher.start()
    watcher.pass(seconds: 1)
    watcher.system.write("/in/a.png", "good")
    watcher.pass(seconds: 3)
    #expect(watcher.lines == ["classified a.png"])
    #expect(watcher.log.notices.contains { $0.contains("noEvents") })
  }

  // MARK: Frames without worth

  /// Damaged frames that stay fill their part of the memory, and good ones go on.
  @Test func letsFailuresStandBeforeNobody() throws {
    let watcher = Watcher()
    for index in 0..<200 { watcher.system.write("/in/\(index).png", "bad", event: nil) }
    watcher.system.now += 10_000_000_000
    try watcher.start()
    watcher.pass(seconds: 10)
    watcher.system.write("/in/good.png", "good")
    watcher.pass(seconds: 10)
    #expect(watcher.lines.filter { $0 == "classified good.png" }.count == 1)
    #expect(watcher.lines.filter { $0.hasPrefix("failed") }.count == 96)
    #expect(Set(watcher.lines).count == 97)
    // Each of the others is looked at once, not for ever.
    #expect(watcher.log.labelled.count < 260)
    #expect(watcher.log.notices.filter { $0.contains("failuresAreFull") }.count == 1)
    // Another process knows the same, and goes on where there is room.
    watcher.restart()
    for index in 0..<150 { watcher.system.node("/in")?.entries["\(index).png"] = nil }
    try watcher.start()
    watcher.pass(seconds: 100)
    #expect(Set(watcher.lines).count == watcher.lines.count)
    #expect(watcher.system.names(in: "/in").count == 51)
  }

  /// Where nobody says who writes, a picture that ends too early may still grow.
  @Test func waitsForAnUploadThatStalls() throws {
    let watcher = Watcher { settings, text in settings.failed = text("/failed") }
    watcher.system.makeFolder("failed")
    let node = watcher.system.write("/in/upload.png", "cut", event: nil)
    node.writing = .unknown
    watcher.system.now += 5_000_000_000
    try watcher.start()
    watcher.pass(seconds: 40)
    #expect(watcher.lines.isEmpty)
    node.bytes = Array("good".utf8)
    node.modified = watcher.system.fileNanoseconds
    node.changed = node.modified
    watcher.pass(seconds: 40)
    #expect(watcher.lines == ["classified upload.png"])
    // One that stays as it is fails in the end.
    let other = watcher.system.write("/in/broken.png", "cut")
    other.writing = .unknown
    watcher.pass(seconds: 90)
    #expect(watcher.lines.last == "failed broken.png")
    #expect(watcher.system.names(in: "/failed") == ["broken.png"])
  }

  // MARK: Frames that leave

  @Test func findsAFreeNameInAFewLooks() throws {
    let watcher = Watcher { settings, text in settings.done = text("/done") }
    watcher.system.makeFolder("done")
    watcher.system.write("/done/a.png", "mine", event: nil)
    for number in 1...3000 { watcher.system.write("/done/a.png.\(number)", "mine", event: nil) }
    var moves = 0
    watcher.system.failure = { name, _ in
      if name == "move" { moves += 1 }
      return nil
    }
    try watcher.start()
    watcher.work()
    watcher.system.write("/in/a.png", "good")
    watcher.work()
    #expect(watcher.system.text("/done/a.png.3001") == "good")
    #expect(watcher.system.text("/done/a.png") == "mine")
    #expect(moves == 1)
  }

  @Test func shortensANameThatLeavesNoRoomForANumber() throws {
    let watcher = Watcher { settings, text in settings.done = text("/done") }
    let name = String(repeating: "n", count: 251) + ".png"
    watcher.system.makeFolder("done")
    watcher.system.write("/done/" + name, "mine", event: nil)
    try watcher.start()
    watcher.work()
    watcher.system.write("/in/" + name, "good")
    watcher.work()
    #expect(watcher.system.names(in: "/in") == [])
    let others = watcher.system.names(in: "/done").filter { $0 != name }
    #expect(others.count == 1)
    #expect(others.allSatisfy { $0.utf8.count <= 255 && $0.hasSuffix(".1") })
  }

  @Test func endsWhereFramesCannotLeaveAndNoMoreAreWaitedFor() throws {
    let watcher = Watcher { settings, _ in
      settings.isOnce = true
      settings.deletesDone = true
    }
    for index in 0..<10 { watcher.system.write("/in/\(index).png", "good", event: nil) }
    watcher.system.now += 10_000_000_000
    watcher.system.failure = { name, _ in name == "move" ? Errno(EROFS) : nil }
    try watcher.start()
    var last = WatchTurn.again
    for _ in 0..<1000 where last != .drained {
      last = watcher.turn()
      if case .rest(let until) = last { watcher.system.now = until }
    }
    #expect(last == .drained)
    let hasLeftBehind = watcher.loop.hasLeftBehind
    #expect(hasLeftBehind)
    #expect(watcher.lines.count == 10)
  }

  // MARK: What is refused

  @Test func refusesToMoveFramesIntoTheFolderItself() throws {
    let watcher = Watcher { settings, text in settings.done = text("/in/.") }
    #expect(throws: WatchRefusal.self) { try watcher.start() }
  }

  @Test func refusesOneFileForResultsAndLedger() throws {
    let watcher = Watcher { settings, _ in settings.rotateKeep = 3 }
    let node = watcher.system.write("/out.2", "", event: nil)
    watcher.system.root.entries["state"] = node
    #expect(throws: WatchRefusal.self) { try watcher.start() }
    #expect(node.bytes.isEmpty)
  }
}
