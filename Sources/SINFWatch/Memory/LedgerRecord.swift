import CSystem

/// One record of a ledger's file.
struct LedgerRecord {
  static let bytes = 24
  static let bufferBytes = 170 * bytes
  static let version: UInt64 = 1

  enum Kind: UInt32 {
    // "SLG" and a digit, so that the file's beginning says what it is.
    case head = 0x3047_4C53
    case intent = 0x3147_4C53
    case fate = 0x3247_4C53
    /// Of no frame: `Ledger.outputInode` and `accountedBytes`.
    case accounted = 0x3347_4C53
  }

  let kind: Kind
  let identity: UInt64
  let value: UInt64

  init(kind: Kind, identity: UInt64, value: UInt64) {
    self.kind = kind
    self.identity = identity
    self.value = value
  }

  /// nil where the checksum is wrong or the kind unknown.
  init?(loadedFrom record: UnsafeRawPointer) {
    let word = UInt32(littleEndian: record.load(as: UInt32.self))
    let stored = UInt32(littleEndian: record.load(fromByteOffset: 4, as: UInt32.self))
    guard let kind = Kind(rawValue: word), LedgerRecord.checksum(record) == stored else {
      return nil
    }
    self.kind = kind
    identity = UInt64(littleEndian: record.load(fromByteOffset: 8, as: UInt64.self))
    value = UInt64(littleEndian: record.load(fromByteOffset: 16, as: UInt64.self))
  }

  /// Whether its kind is one of those that say something of a frame, and its identity may be one.
  var isOfAFrame: Bool { kind == .intent || kind == .fate }
  /// (Those of 61 bits may have bit 3.)
  var mayBeOfAFrame: Bool { identity != 0 && identity & 7 == 0 }

  func store(to record: UnsafeMutableRawPointer) {
    record.storeBytes(of: kind.rawValue.littleEndian, as: UInt32.self)
    record.storeBytes(of: identity.littleEndian, toByteOffset: 8, as: UInt64.self)
    record.storeBytes(of: value.littleEndian, toByteOffset: 16, as: UInt64.self)
    let checksum = LedgerRecord.checksum(record)
    record.storeBytes(of: checksum.littleEndian, toByteOffset: 4, as: UInt32.self)
  }

  private static func checksum(_ record: UnsafeRawPointer) -> UInt32 {
    csys_crc32(csys_crc32(0, record, 4), record + 8, 16)
  }
}
