import CSystem

/// The durable memory of what was reported: an append-only file of records behind a table in memory.
///
/// Before frames are reported their *intents* are on the disk; afterwards their *fates* follow, which
/// may be on the disk later. So whenever the power goes, a frame has a fate (it was reported), an
/// intent alone (it may have been: `.uncertain`), or nothing (it was not).
///
/// The file: 24 bytes a record, little-endian: kind (u32), CRC-32 of the other 20 bytes (u32),
/// identity (u64), value (u64). The first is a head with the format's number as its value. A record
/// whose checksum is wrong counts for nothing; those at the end are cut off.
public struct Ledger: ~Copyable {
  /// An errno, or what else stands in the way.
  public enum Failure: Error, Equatable, Sendable {
    case system(Int32)
    /// Another process has it.
    case inUse
    /// The file holds something else; the first record's kind.
    case notALedger
    /// The file knows more frames than the table can.
    case tooMany
  }

  public private(set) var fates: FateTable
  /// Where the output may hold the report of an uncertain frame: the output's length when the first
  /// of them was about to be written. 0 when none is uncertain.
  public private(set) var uncertainFrom: UInt64 = 0
  /// Records that were damaged when the file was read.
  public private(set) var damagedCount = 0
  /// Records in the file.
  public private(set) var recordCount = 0
  private let path: UnsafePointer<CChar>
  private let buffer: UnsafeMutableRawPointer
  private var buffered = 0
  private var descriptor: Int32 = -1
  /// Bytes of whole records in the file.
  private var length: Int64 = 0
  private var isSynced = true

  static let recordBytes = 24
  private static let bufferRecords = 170
  private static let bufferBytes = bufferRecords * recordBytes
  private static let version: UInt64 = 1

  enum Kind: UInt32 {
    // "SLG" and a digit, so that the file's beginning says what it is.
    case head = 0x3047_4C53
    case intent = 0x3147_4C53
    case fate = 0x3247_4C53
  }

  public static func bytes(capacity: Int) -> Int {
    FateTable.bytes(capacity: capacity) + bufferBytes
  }

  /// A ledger that is not open yet.
  ///
  /// - Parameters:
  ///   - path: must outlive the ledger.
  ///   - memory: `bytes(capacity:)`, 8-byte aligned, outliving the ledger.
  public init(path: UnsafePointer<CChar>, memory: UnsafeMutableRawPointer, capacity: Int) {
    self.path = path
    fates = FateTable(memory: memory, capacity: capacity)
    buffer = memory + FateTable.bytes(capacity: capacity)
  }

  deinit { if descriptor >= 0 { csys_close(descriptor) } }

  public var isOpen: Bool { descriptor >= 0 }

  /// Opens or makes the file, claims it, and reads what it knows.
  public mutating func open() throws(Failure) {
    close()
    let opened = csys_open_append(path)
    guard opened >= 0 else { throw .system(-opened) }
    do throws(Failure) {
      let error = csys_claim(opened)
      guard error == 0 else { throw error == csys_try_again() ? .inUse : .system(error) }
      // What was claimed may be a file that its owner replaced by a newer one in this moment.
      guard isInPlace(opened) else { throw .inUse }
      try read(opened)
      descriptor = opened
      if length == 0 {
        append(.head, 0, Ledger.version)
        try write()
        try sync()
        // Its name is to outlive a power cut as well.
        _ = csys_sync_folder_of(path)
      }
    } catch {
      if descriptor < 0 { csys_close(opened) }
      close()
      throw error
    }
  }

  public mutating func close() {
    if descriptor >= 0 { csys_close(descriptor) }
    descriptor = -1
    fates.removeAll()
    uncertainFrom = 0
    recordCount = 0
    buffered = 0
    length = 0
    isSynced = true
  }

  /// Room for a batch's intents and fates without writing in between.
  public static let batchLimit = 64

  /// Notes that the frame is about to be reported behind `outputBytes` of the output.
  public mutating func intend(_ identity: FrameIdentity, outputBytes: UInt64) {
    append(.intent, identity.number, outputBytes)
  }

  /// Notes what became of the frame; false when the table is full.
  public mutating func note(_ fate: FrameFate, of identity: FrameIdentity) -> Bool {
    guard fates.note(fate, of: identity) else { return false }
    append(.fate, identity.number, UInt64(fate.rawValue))
    return true
  }

  /// Hands what was noted to the system. After a failure nothing of it is in the file, and it is kept
  /// for the next try.
  public mutating func write() throws(Failure) {
    guard buffered > 0 else { return }
    let error = csys_write_all(descriptor, buffer, buffered)
    guard error == 0 else {
      _ = csys_truncate(descriptor, length)
      throw .system(error)
    }
    length += Int64(buffered)
    recordCount += buffered / Ledger.recordBytes
    buffered = 0
    isSynced = false
  }

  /// Bytes that were noted and not written.
  public var unwrittenBytes: Int { buffered }

  /// Takes back what was noted and not written behind the first `bytes` of it.
  public mutating func forgetUnwritten(behind bytes: Int) { buffered = min(buffered, bytes) }

  /// Waits until what was written is on the disk.
  public mutating func sync() throws(Failure) {
    guard !isSynced else { return }
    let error = csys_sync(descriptor)
    guard error == 0 else { throw .system(error) }
    isSynced = true
  }

  public mutating func clearMarks() { fates.clearMarks() }
  public mutating func mark(_ identity: FrameIdentity) { fates.mark(identity) }

  /// Writes the file anew with the frames that are marked and forgets the others.
  ///
  /// The new file is complete and on the disk before it takes the old one's name; its own temporary
  /// name is `temporary`. After a failure everything is as before.
  public mutating func keepMarked(temporary: UnsafePointer<CChar>) throws(Failure) {
    try write()
    let fresh = csys_open_empty(temporary)
    guard fresh >= 0 else { throw .system(-fresh) }
    var error = csys_claim(fresh)
    append(.head, 0, Ledger.version)
    var index = 0
    while error == 0, let known = fates.nextMarked(&index) {
      if known.fate == .uncertain {
        append(.intent, known.identity.number, uncertainFrom)
      } else {
        append(.fate, known.identity.number, UInt64(known.fate.rawValue))
      }
      if buffered == Ledger.bufferBytes {
        error = csys_write_all(fresh, buffer, buffered)
        buffered = 0
      }
    }
    if error == 0, buffered > 0 { error = csys_write_all(fresh, buffer, buffered) }
    buffered = 0
    if error == 0 { error = csys_sync(fresh) }
    if error == 0 { error = csys_rename(temporary, path) }
    guard error == 0 else {
      csys_close(fresh)
      _ = csys_remove(temporary)
      throw .system(error)
    }
    _ = csys_sync_folder_of(path)
    csys_close(descriptor)
    descriptor = fresh
    try read(fresh)
  }

  private mutating func append(_ kind: Kind, _ identity: UInt64, _ value: UInt64) {
    precondition(buffered + Ledger.recordBytes <= Ledger.bufferBytes, "a batch is too large")
    let record = buffer + buffered
    record.storeBytes(of: kind.rawValue.littleEndian, as: UInt32.self)
    record.storeBytes(of: identity.littleEndian, toByteOffset: 8, as: UInt64.self)
    record.storeBytes(of: value.littleEndian, toByteOffset: 16, as: UInt64.self)
    record.storeBytes(of: checksum(record).littleEndian, toByteOffset: 4, as: UInt32.self)
    buffered += Ledger.recordBytes
  }

  private func checksum(_ record: UnsafeRawPointer) -> UInt32 {
    csys_crc32(csys_crc32(0, record, 4), record + 8, 16)
  }

  /// Reads all records, and cuts damaged ones off the end.
  private mutating func read(_ descriptor: Int32) throws(Failure) {
    fates.removeAll()
    uncertainFrom = 0
    damagedCount = 0
    recordCount = 0
    buffered = 0
    length = 0
    isSynced = true
    var offset: Int64 = 0
    while true {
      let count = csys_read_at(descriptor, buffer, Ledger.bufferBytes, offset)
      guard count >= 0 else { throw .system(Int32(-count)) }
      var at = 0
      while at + Ledger.recordBytes <= Int(count) {
        try take(buffer + at, offset + Int64(at))
        at += Ledger.recordBytes
      }
      offset += Int64(at)
      if Int(count) < Ledger.bufferBytes { break }
    }
    let total = csys_file_bytes(descriptor)
    guard total >= 0 else { throw .system(Int32(-total)) }
    guard total > length else { return }
    // A file that begins with something else is somebody's, unless it is a torn head.
    if length == 0, try !isTornHead(descriptor, total) { throw .notALedger }
    let error = csys_truncate(descriptor, length)
    guard error == 0 else { throw .system(error) }
  }

  /// Whether all of the file is a part of a head: each byte is the head's or a zero that the power cut
  /// left in its place.
  private mutating func isTornHead(_ descriptor: Int32, _ total: Int64) throws(Failure) -> Bool {
    guard total <= Int64(Ledger.recordBytes) else { return false }
    append(.head, 0, Ledger.version)
    buffered = 0
    let found = buffer + Ledger.recordBytes
    let count = csys_read_at(descriptor, found, Int(total), 0)
    guard count >= 0 else { throw .system(Int32(-count)) }
    for index in 0..<Int(count) {
      let byte = found.load(fromByteOffset: index, as: UInt8.self)
      if byte != 0, byte != buffer.load(fromByteOffset: index, as: UInt8.self) { return false }
    }
    return true
  }

  /// Whether the path still leads to the open file.
  private func isInPlace(_ opened: Int32) -> Bool {
    let again = csys_open_append(path)
    guard again >= 0 else { return false }
    defer { csys_close(again) }
    var a = csys_status()
    var b = csys_status()
    return csys_look_at(opened, &a) == 0 && csys_look_at(again, &b) == 0
      && a.inode == b.inode && a.device == b.device
  }

  private mutating func take(_ record: UnsafeRawPointer, _ offset: Int64) throws(Failure) {
    let word = UInt32(littleEndian: record.load(as: UInt32.self))
    let stored = UInt32(littleEndian: record.load(fromByteOffset: 4, as: UInt32.self))
    let identity = FrameIdentity(
      number: UInt64(littleEndian: record.load(fromByteOffset: 8, as: UInt64.self)))
    let value = UInt64(littleEndian: record.load(fromByteOffset: 16, as: UInt64.self))
    guard let kind = Kind(rawValue: word), checksum(record) == stored,
      (kind == .head) == (offset == 0)
    else {
      damagedCount += 1
      return
    }
    length = offset + Int64(Ledger.recordBytes)
    recordCount += 1
    switch kind {
    case .head:
      guard value == Ledger.version else { throw .notALedger }
    case .intent:
      if fates.uncertainCount == 0 || value < uncertainFrom { uncertainFrom = value }
      guard fates.note(.uncertain, of: identity) else { throw .tooMany }
    case .fate:
      guard let fate = FrameFate(rawValue: UInt8(truncatingIfNeeded: value)) else { return }
      guard fates.note(fate, of: identity) else { throw .tooMany }
    }
  }
}
