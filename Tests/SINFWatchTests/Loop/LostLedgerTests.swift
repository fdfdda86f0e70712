import SINFSystem
import Testing

@testable import SINFWatch

/// A ledger that is lost, cut or damaged does not double what the results hold.
@Suite struct LostLedgerTests {
  /// Twenty frames that stay, reported, in results that were rotated or not.
  func reported(rotating: Bool) throws -> Watcher {
    let watcher = Watcher { settings, _ in
      settings.rotateBytes = rotating ? 400 : 0
      settings.rotateKeep = 9
    }
    try watcher.start()
    for index in 0..<20 {
      watcher.system.write("/in/\(index).png", index % 5 == 0 ? "bad" : "good")
      watcher.work()
    }
    #expect(watcher.lines.count == 20)
    return watcher
  }

  @Test(arguments: [false, true]) func rebuildsOneThatIsLost(rotating: Bool) throws {
    let watcher = try reported(rotating: rotating)
    watcher.system.root.entries["state"] = nil
    watcher.restart()
    watcher.system.write("/in/new.png", "good", event: nil)
    try watcher.start()
    watcher.pass(seconds: 40)
    #expect(watcher.lines.count == 21)
    #expect(Set(watcher.lines).count == 21)
    #expect(watcher.log.notices.contains("ledgerWasRebuilt(20)"))
  }

  /// Cut between any two records, which leaves no trace in the ledger itself.
  @Test(arguments: [false, true]) func rebuildsOneThatIsCut(rotating: Bool) throws {
    let whole = try reported(rotating: rotating).system.node("/state")!.bytes
    for records in stride(from: 0, to: whole.count / LedgerRecord.bytes, by: 1) {
      let watcher = try reported(rotating: rotating)
      watcher.restart()
      let node = watcher.system.node("/state")!
      node.bytes = Array(node.bytes.prefix(records * LedgerRecord.bytes))
      try watcher.start()
      watcher.pass(seconds: 5)
      #expect(watcher.lines.count == 20, "\(records) records")
    }
  }

  @Test func rebuildsOneThatIsDamaged() throws {
    let whole = try reported(rotating: false).system.node("/state")!.bytes
    for record in 1..<whole.count / LedgerRecord.bytes {
      let watcher = try reported(rotating: false)
      watcher.restart()
      watcher.system.node("/state")!.bytes[record * LedgerRecord.bytes + 10] ^= 0x10
      try watcher.start()
      watcher.pass(seconds: 5)
      #expect(watcher.lines.count == 20, "record \(record)")
    }
  }

  /// Frames that nobody reported are, whatever the results hold of others.
  @Test func reportsWhatTheResultsDoNotKnow() throws {
    let watcher = try reported(rotating: false)
    watcher.system.root.entries["state"] = nil
    watcher.system.node("/out")!.bytes.removeAll()
    watcher.restart()
    try watcher.start()
    watcher.pass(seconds: 5)
    #expect(watcher.lines.count == 20)
  }
}
