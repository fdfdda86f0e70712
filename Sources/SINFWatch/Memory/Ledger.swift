import CSystem
import SINFSystem

/// Why a ledger cannot be used.
public enum LedgerFailure: Error, Equatable, Sendable {
  case system(Errno)
  /// Another process has it.
  case inUse
  /// The file holds something else.
  case notALedger
  /// The file knows more frames than the table can.
  case tooMany

  /// The system's word, where it has one.
  public var error: Errno? {
    if case .system(let error) = self { error } else { nil }
  }
}

/// The durable memory of what was reported: an append-only file of records behind a table in memory.
///
/// Before frames are reported their *intents* are on the disk; afterwards their *fates* follow, which
/// may be on the disk later. So whenever the power goes, a frame has a fate (it was reported), an
/// intent alone (it may have been: `.uncertain`), or nothing (it was not). Intents without a fate
/// between them count how often the program ended while it was at that frame.
///
/// The file: 24 bytes a record, little-endian: kind (u32), CRC-32 of the other 20 bytes (u32),
/// identity (u64), value (u64). The first is a head with the format's number as its value. A record
/// whose checksum is wrong counts for nothing; those at the end are cut off.
public struct Ledger<Disk: DurableDisk>: ~Copyable {
  public internal(set) var fates: FateTable
  /// Where the output may hold the report of an uncertain frame: the output's length when the first
  /// of them was about to be written. 0 when none is uncertain.
  public internal(set) var uncertainFrom: UInt64 = 0
  /// Up to here the output holds nothing that the ledger did not know when it was written.
  public internal(set) var accountedBytes: UInt64 = 0
  /// The inode of the output that this is about; 0 for unknown.
  public internal(set) var outputInode: UInt64 = 0
  /// Records before the last good one that were damaged when the file was read.
  public internal(set) var damagedCount = 0
  /// The file held nothing when it was opened.
  public internal(set) var isNew = false
  /// Records in the file.
  public internal(set) var recordCount = 0
  let disk: Disk
  let path: UnsafePointer<CChar>
  let buffer: UnsafeMutableRawPointer
  var attempts = Attempts()
  var buffered = 0
  var descriptor: Int32 = -1
  /// Bytes of whole records in the file.
  var length: Int64 = 0
  var isSynced = true

  /// - Parameter capacity: of frames.
  public static func bytes(capacity: Int) -> Int {
    FateTable.bytes(capacity: capacity) + LedgerRecord.bufferBytes
  }

  /// A ledger that is not open yet, and to be closed when it was opened.
  ///
  /// - Parameters:
  ///   - path: must outlive the ledger.
  ///   - memory: `bytes(capacity:)`, 8-byte aligned, outliving the ledger.
  public init(
    path: UnsafePointer<CChar>, memory: UnsafeMutableRawPointer, capacity: Int, disk: Disk
  ) {
    self.path = path
    self.disk = disk
    fates = FateTable(memory: memory, capacity: capacity)
    buffer = memory + FateTable.bytes(capacity: capacity)
  }

  public var isOpen: Bool { descriptor >= 0 }

  public mutating func close() {
    if descriptor >= 0 { disk.close(descriptor) }
    descriptor = -1
    forgetAll()
  }

  /// Room for a batch's intents and fates without writing in between.
  public static var batchLimit: Int { 64 }

  /// Notes that the frame is about to be reported behind `outputBytes` of the output.
  public mutating func intend(_ identity: FrameIdentity, outputBytes: UInt64) {
    append(.intent, identity.number, outputBytes)
  }

  /// Notes that the output is this file, and that nothing in it is unknown up to here.
  mutating func account(outputInode: UInt64, outputBytes: UInt64) {
    append(.accounted, outputInode, outputBytes)
    self.outputInode = outputInode
    accountedBytes = outputBytes
  }

  /// Notes what became of the frame; false when the table is full. A frame that is `.unreported` after
  /// all is as one that was never seen.
  public mutating func note(_ fate: FrameFate, of identity: FrameIdentity) -> Bool {
    if fate == .unreported {
      fates.remove(identity)
      attempts.remove(identity)
      append(.fate, identity.number, UInt64(fate.rawValue))
      return true
    }
    guard fates.note(fate, of: identity) else { return false }
    attempts.remove(identity)
    append(.fate, identity.number, UInt64(fate.rawValue))
    return true
  }

  /// How often the program ended while it was at this frame.
  public func attempts(of identity: FrameIdentity) -> Int {
    fates[identity] == .uncertain ? max(attempts[identity], 1) : 0
  }

  /// Hands what was noted to the system. After a failure nothing of it is in the file, and it is kept
  /// for the next try.
  public mutating func write() throws(Errno) {
    guard buffered > 0 else { return }
    do throws(Errno) {
      try disk.append(descriptor, buffer, buffered)
    } catch {
      try? disk.cut(descriptor, to: length)
      throw error
    }
    length += Int64(buffered)
    recordCount += buffered / LedgerRecord.bytes
    buffered = 0
    isSynced = false
  }

  /// Bytes that were noted and not written.
  public var unwrittenBytes: Int { buffered }

  /// Takes back what was noted and not written behind the first `bytes` of it.
  public mutating func forgetUnwritten(behind bytes: Int) { buffered = min(buffered, bytes) }

  /// Waits until what was written is on the disk.
  public mutating func sync() throws(Errno) {
    guard !isSynced else { return }
    try disk.sync(descriptor)
    isSynced = true
  }

  /// Notes in memory alone that the frame is there, unless something is known of it, until
  /// `forgetUnreported`: where there is no room it is not.
  mutating func expect(_ identity: FrameIdentity) {
    if fates[identity] == nil { _ = fates.note(.unreported, of: identity) }
  }

  mutating func forgetUnreported() { fates.removeUnreported() }

  public mutating func clearMarks() { fates.clearMarks() }
  public mutating func mark(_ identity: FrameIdentity) { fates.mark(identity) }

  /// Writes the file anew with the frames that are marked and forgets the others. Whatever fails, it
  /// is as before then, in memory and on the disk.
  ///
  /// The new file is complete and on the disk before it takes the old one's name.
  ///
  /// - Parameters:
  ///   - temporary: its name until then.
  ///   - outputBytes: the output's length.
  public mutating func keepMarked(
    temporary: UnsafePointer<CChar>, outputBytes: UInt64
  ) throws(Errno) {
    try write()
    let fresh = try disk.openFresh(temporary, isPrivate: true)
    let records: Int
    do throws(Errno) {
      try disk.claim(fresh)
      records = try writeMarked(to: fresh, outputBytes)
      try disk.sync(fresh)
      try disk.rename(temporary, to: path)
    } catch {
      buffered = 0
      disk.close(fresh)
      try? disk.remove(temporary)
      throw error
    }
    try? disk.syncFolder(of: path)
    disk.close(descriptor)
    descriptor = fresh
    recordCount = records
    length = Int64(records * LedgerRecord.bytes)
    isSynced = true
    accountedBytes = outputBytes
    fates.removeUnmarked()
  }

  /// Writes a whole ledger; how many records it has.
  private mutating func writeMarked(
    to fresh: Int32, _ outputBytes: UInt64
  ) throws(Errno) -> Int {
    var written = 0
    append(.head, 0, LedgerRecord.version)
    append(.accounted, outputInode, outputBytes)
    var index = 0
    while let known = fates.nextMarked(&index) {
      var repeats = 1
      if known.fate == .uncertain { repeats = max(attempts[known.identity], 1) }
      while repeats > 0 {
        if buffered == LedgerRecord.bufferBytes {
          try disk.append(fresh, buffer, buffered)
          written += buffered
          buffered = 0
        }
        if known.fate == .uncertain {
          append(.intent, known.identity.number, uncertainFrom)
        } else {
          append(.fate, known.identity.number, UInt64(known.fate.rawValue))
        }
        repeats -= 1
      }
    }
    try disk.append(fresh, buffer, buffered)
    written += buffered
    buffered = 0
    return written / LedgerRecord.bytes
  }

  mutating func forgetAll() {
    fates.removeAll()
    attempts.removeAll()
    uncertainFrom = 0
    accountedBytes = 0
    outputInode = 0
    damagedCount = 0
    isNew = false
    recordCount = 0
    buffered = 0
    length = 0
    isSynced = true
  }

  mutating func append(_ kind: LedgerRecord.Kind, _ identity: UInt64, _ value: UInt64) {
    precondition(buffered + LedgerRecord.bytes <= LedgerRecord.bufferBytes, "a batch is too large")
    LedgerRecord(kind: kind, identity: identity, value: value).store(to: buffer + buffered)
    buffered += LedgerRecord.bytes
  }
}
