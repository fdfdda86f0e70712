import CSystem
import Foundation
import SINFSystem
import Testing

@testable import SINFWatch

@Suite struct LedgerTests {
  let folder: TemporaryFolder
  var path: String { folder.path + "/ledger" }

  init() throws { folder = try TemporaryFolder() }

  /// Opens the ledger, does the work with it and closes it.
  func withLedger<Result>(
    capacity: Int = 200, _ work: (inout Ledger<HostSystem>) throws -> Result
  ) throws -> Result {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: Ledger<HostSystem>.bytes(capacity: capacity), alignment: 8)
    defer { memory.deallocate() }
    return try path.withCString {
      var ledger = Ledger(path: $0, memory: memory, capacity: capacity, disk: HostSystem())
      try ledger.open()
      defer { ledger.close() }
      return try work(&ledger)
    }
  }

  func bytes() throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

  func identity(_ index: Int) -> FrameIdentity {
    FrameIdentity(number: UInt64(index + 1) &* 0x9E37_79B9_7F4A_7C15 & ~7)
  }

  /// Two batches, of which the second was cut off: frame 0 classified, 1 failed, 2 uncertain.
  func writeThreeFrames() throws {
    try withLedger { ledger in
      ledger.intend(identity(0), outputBytes: 0)
      ledger.intend(identity(1), outputBytes: 0)
      try ledger.write()
      #expect(ledger.note(.classified, of: identity(0)) == true)
      #expect(ledger.note(.failed, of: identity(1)) == true)
      ledger.intend(identity(2), outputBytes: 777)
      try ledger.write()
      try ledger.sync()
    }
  }

  @Test func remembers() throws {
    try writeThreeFrames()
    try withLedger { ledger in
      #expect(ledger.recordCount == 6)
      #expect(ledger.damagedCount == 0)
      #expect(ledger.fates[identity(0)] == .classified)
      #expect(ledger.fates[identity(1)] == .failed)
      #expect(ledger.fates[identity(2)] == .uncertain)
      #expect(ledger.fates[identity(3)] == nil)
      #expect(ledger.fates.uncertainCount == 1)
      #expect(ledger.uncertainFrom == 777)
    }
  }

  @Test func survivesEveryTruncation() throws {
    try writeThreeFrames()
    let whole = try bytes()
    // What is known of the frames after so many whole records.
    let known: [[FrameFate?]] = [
      [nil, nil, nil], [nil, nil, nil], [.uncertain, nil, nil], [.uncertain, .uncertain, nil],
      [.classified, .uncertain, nil], [.classified, .failed, nil],
      [.classified, .failed, .uncertain],
    ]
    for count in 0...whole.count {
      try whole.prefix(count).write(to: URL(fileURLWithPath: path))
      let records = count / LedgerRecord.bytes
      try withLedger { ledger in
        #expect((0..<3).map { ledger.fates[identity($0)] } == known[records], "\(count) bytes")
        ledger.intend(identity(9), outputBytes: 5)
        try ledger.write()
      }
      // What is appended behind the cut is whole.
      #expect(try bytes().count == (max(records, 1) + 1) * LedgerRecord.bytes)
      try withLedger { #expect($0.fates[identity(9)] == .uncertain, "\(count) bytes") }
    }
  }

  @Test func passesOverEveryDamagedByte() throws {
    try writeThreeFrames()
    let whole = try bytes()
    for index in LedgerRecord.bytes..<whole.count {
      var damaged = whole
      damaged[index] ^= 0x40
      try damaged.write(to: URL(fileURLWithPath: path))
      try withLedger { ledger in
        // At the end it is torn, as by a power cut: all before it is there.
        let isLast = index >= whole.count - LedgerRecord.bytes
        #expect(ledger.damagedCount == (isLast ? 0 : 1), "byte \(index)")
        #expect(ledger.recordCount == 5, "byte \(index)")
      }
    }
  }

  @Test func takesZerosInPlaceOfAHeadForATornOne() throws {
    for count in [1, 23, 24, 25, 4080, 10_000] {
      try Data(count: count).write(to: URL(fileURLWithPath: path))
      try withLedger { #expect($0.recordCount == 1) }
      #expect(try bytes().count == LedgerRecord.bytes)
    }
  }

  @Test(arguments: [
    "x", "threshold 0.5\n", "exactly 24 bytes of text", "a much longer text of mine",
  ])
  func leavesOtherFilesAsTheyAre(text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    #expect(throws: LedgerFailure.notALedger) { try withLedger { _ in } }
    #expect(try bytes() == Data(text.utf8))
  }

  @Test func refusesASecondOwner() throws {
    try withLedger { _ in
      #expect(throws: LedgerFailure.inUse) { try withLedger { _ in } }
    }
    try withLedger { #expect($0.isOpen == true) }
  }

  @Test func refusesMoreThanTheTableHolds() throws {
    try withLedger { ledger in
      for index in 0..<20 { #expect(ledger.note(.classified, of: identity(index)) == true) }
      try ledger.write()
    }
    try withLedger(capacity: 20) { ledger in
      #expect(ledger.fates.count == 20)
      #expect(ledger.note(.classified, of: identity(20)) == false)
      #expect(ledger.note(.failed, of: identity(3)) == true)
    }
    #expect(throws: LedgerFailure.tooMany) { try withLedger(capacity: 19) { _ in } }
  }

  @Test func keepsOnlyWhatIsMarked() throws {
    try writeThreeFrames()
    let temporary = path + ".new"
    try withLedger { ledger in
      ledger.clearMarks()
      ledger.mark(identity(1))
      ledger.mark(identity(2))
      ledger.mark(identity(5))
      try temporary.withCString { try ledger.keepMarked(temporary: $0, outputBytes: 900) }
      #expect(ledger.recordCount == 4)
      #expect(ledger.fates.count == 2)
      #expect(ledger.uncertainFrom == 777)
      // The new file is claimed as the old one was, and goes on.
      #expect(throws: LedgerFailure.inUse) { try withLedger { _ in } }
      #expect(ledger.note(.classified, of: identity(6)) == true)
      try ledger.write()
    }
    #expect(!FileManager.default.fileExists(atPath: temporary))
    try withLedger { ledger in
      #expect(ledger.fates[identity(0)] == nil)
      #expect(ledger.fates[identity(1)] == .failed)
      #expect(ledger.fates[identity(2)] == .uncertain)
      #expect(ledger.fates[identity(6)] == .classified)
      #expect(ledger.uncertainFrom == 777)
    }
  }

  @Test func keepsAllWhenTheNewFileCannotBeMade() throws {
    try writeThreeFrames()
    let before = try bytes()
    try withLedger { ledger in
      ledger.clearMarks()
      #expect(throws: Errno.noSuchFile) {
        try (folder.path + "/none/new").withCString {
          try ledger.keepMarked(temporary: $0, outputBytes: 900)
        }
      }
      #expect(ledger.fates[identity(0)] == .classified)
    }
    #expect(try bytes() == before)
  }

  @Test func keepsMoreThanItsBufferHolds() throws {
    try withLedger(capacity: 1000) { ledger in
      for index in 0..<1000 {
        #expect(ledger.note(.classified, of: identity(index)) == true)
        if index % Ledger<HostSystem>.batchLimit == 0 { try ledger.write() }
      }
      for index in 0..<1000 { ledger.mark(identity(index)) }
      try (path + ".new").withCString { try ledger.keepMarked(temporary: $0, outputBytes: 900) }
      #expect(ledger.fates.count == 1000)
      #expect(ledger.recordCount == 1002)
    }
  }

  /// Intents without a fate between them: so often the program ended while it was at that frame.
  @Test func countsAttempts() throws {
    for number in 1...5 {
      try withLedger { ledger in
        #expect(ledger.attempts(of: identity(0)) == number - 1)
        #expect(ledger.attempts(of: identity(1)) == 0)
        ledger.intend(identity(0), outputBytes: 0)
        ledger.intend(identity(1), outputBytes: 0)
        #expect(ledger.note(.classified, of: identity(1)) == true)
        try ledger.write()
      }
    }
    // They outlive that the file is written anew, and end with a fate.
    try withLedger { ledger in
      ledger.mark(identity(0))
      try (path + ".new").withCString { try ledger.keepMarked(temporary: $0, outputBytes: 0) }
      #expect(ledger.attempts(of: identity(0)) == 5)
    }
    try withLedger { ledger in
      #expect(ledger.attempts(of: identity(0)) == 5)
      #expect(ledger.note(.unreported, of: identity(0)) == true)
      try ledger.write()
    }
    try withLedger { #expect($0.attempts(of: identity(0)) == 0) }
  }

  @Test func forgetsWhatIsUnreported() throws {
    try writeThreeFrames()
    try withLedger { ledger in
      #expect(ledger.note(.unreported, of: identity(2)) == true)
      try ledger.write()
    }
    try withLedger(capacity: 3) { ledger in
      #expect(ledger.fates.count == 2)
      #expect(ledger.fates[identity(2)] == nil)
      #expect(ledger.fates.uncertainCount == 0)
    }
  }

  @Test func saysUpToWhereTheOutputIsAccountedFor() throws {
    try writeThreeFrames()
    try withLedger { ledger in
      #expect(ledger.accountedBytes == 777)
      #expect(ledger.isNew == false)
      ledger.mark(identity(0))
      try (path + ".new").withCString { try ledger.keepMarked(temporary: $0, outputBytes: 900) }
    }
    try withLedger { #expect($0.accountedBytes == 900) }
    try FileManager.default.removeItem(atPath: path)
    try withLedger { ledger in
      #expect(ledger.accountedBytes == 0)
      #expect(ledger.isNew == true)
    }
  }

  /// Whoever may write into the folder leads nobody elsewhere.
  @Test func followsNoLink() throws {
    try folder.write("victim", Array("mine".utf8))
    try folder.link("ledger", to: "victim")
    #expect(throws: LedgerFailure.system(.isALink)) { try withLedger { _ in } }
    try FileManager.default.removeItem(atPath: path)
    try folder.link("ledger.new", to: "victim")
    try withLedger { ledger in
      #expect(ledger.note(.classified, of: identity(0)) == true)
      ledger.mark(identity(0))
      try (path + ".new").withCString { try ledger.keepMarked(temporary: $0, outputBytes: 0) }
    }
    let victim = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/victim"))
    #expect(victim == Data("mine".utf8))
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(attributes[.type] as? FileAttributeType == .typeRegular)
  }

  /// A record of which the checksum is right and the rest is somebody's choice.
  @Test(arguments: [0, 1, 7, 0x1234_5678_9ABC_DEF3] as [UInt64])
  func passesOverIdentitiesThatAreNone(number: UInt64) throws {
    try writeThreeFrames()
    var record = [UInt64](repeating: 0, count: 3)
    record.withUnsafeMutableBytes {
      LedgerRecord(kind: .fate, identity: number, value: 1).store(to: $0.baseAddress!)
    }
    var whole = try bytes()
    let end = whole.suffix(LedgerRecord.bytes)
    whole.replaceSubrange(
      whole.count - LedgerRecord.bytes..<whole.count,
      with: record.withUnsafeBytes { Data($0) } + end)
    try whole.write(to: URL(fileURLWithPath: path))
    try withLedger { ledger in
      #expect(ledger.damagedCount == 1)
      #expect(ledger.fates.count == 3)
    }
  }
}
