import SINFSystem

// A ledger that is opened: claimed, read, and rid of what a power cut left at its end.

extension Ledger {
  /// Opens or makes the file, claims it, and reads what it knows. After a failure it is closed.
  public mutating func open() throws(LedgerFailure) {
    close()
    descriptor = try system { [disk, path] () throws(Errno) in try disk.openPrivate(path) }
    do throws(LedgerFailure) {
      try claim()
      try read()
      if length == 0 { try begin() }
    } catch {
      close()
      throw error
    }
  }

  private func claim() throws(LedgerFailure) {
    let status = try system { [disk, descriptor] () throws(Errno) in
      try disk.look(at: descriptor)
    }
    guard status.kind == .regular else { throw .notALedger }
    do throws(Errno) {
      try disk.claim(descriptor)
    } catch {
      throw error == .tryAgain ? .inUse : .system(error)
    }
    // What was claimed may be a file that its owner replaced by a newer one in this moment.
    do throws(Errno) {
      let current = try disk.look(path)
      if current.isSamePlace(as: status) { return }
    } catch {
      if error != .noSuchFile { throw .system(error) }
    }
    throw .inUse
  }

  private mutating func begin() throws(LedgerFailure) {
    isNew = true
    append(.head, 0, LedgerRecord.version)
    do throws(Errno) {
      try write()
      try sync()
    } catch {
      throw .system(error)
    }
    // Its name is to outlive a power cut as well.
    try? disk.syncFolder(of: path)
  }

  /// Reads all records, and cuts damaged ones off the end.
  private mutating func read() throws(LedgerFailure) {
    forgetAll()
    var offset: Int64 = 0
    // Damaged ones since the last good one.
    var damaged = 0
    while true {
      let count = try fill(at: offset)
      var at = 0
      while at + LedgerRecord.bytes <= count {
        if try take(buffer + at, offset + Int64(at)) {
          damagedCount += damaged
          damaged = 0
        } else {
          damaged += 1
        }
        at += LedgerRecord.bytes
      }
      offset += Int64(at)
      if count < LedgerRecord.bufferBytes { break }
    }
    let total = try system { [disk, descriptor] () throws(Errno) in
      Int64(clamping: try disk.look(at: descriptor).bytes)
    }
    guard total > length else { return }
    // A file that begins with something else is somebody's, unless it is a torn head.
    if length == 0, try !isTornHead(total) { throw .notALedger }
    try system { [disk, descriptor, length] () throws(Errno) in
      try disk.cut(descriptor, to: length)
    }
  }

  private func fill(at offset: Int64) throws(LedgerFailure) -> Int {
    try system { [disk, descriptor, buffer] () throws(Errno) in
      try disk.read(descriptor, buffer, LedgerRecord.bufferBytes, at: offset)
    }
  }

  /// Whether all of the file is a part of a head: each byte is the head's or a zero that the power cut
  /// left in its place.
  private func isTornHead(_ total: Int64) throws(LedgerFailure) -> Bool {
    var head = InlineArray<3, UInt64>(repeating: 0)
    var span = head.mutableSpan
    span.withUnsafeMutableBytes {
      LedgerRecord(kind: .head, identity: 0, value: LedgerRecord.version)
        .store(to: $0.baseAddress!)
    }
    var offset: Int64 = 0
    while offset < total {
      let count = try fill(at: offset)
      if count == 0 { break }
      for index in 0..<count {
        let byte = buffer.load(fromByteOffset: index, as: UInt8.self)
        let place = offset + Int64(index)
        let expected =
          place < Int64(LedgerRecord.bytes)
          ? UInt8(truncatingIfNeeded: head[Int(place) / 8] >> UInt64(place % 8 * 8)) : 0
        if byte != 0, byte != expected { return false }
      }
      offset += Int64(count)
    }
    return true
  }

  /// Takes a record in; false when it is damaged.
  private mutating func take(
    _ bytes: UnsafeRawPointer, _ offset: Int64
  ) throws(LedgerFailure) -> Bool {
    guard let record = LedgerRecord(loadedFrom: bytes), (record.kind == .head) == (offset == 0),
      !record.isOfAFrame || record.mayBeOfAFrame
    else { return false }
    length = offset + Int64(LedgerRecord.bytes)
    recordCount += 1
    let identity = FrameIdentity(number: record.identity)
    switch record.kind {
    case .head:
      guard record.value == LedgerRecord.version else { throw .notALedger }
    case .accounted:
      outputInode = record.identity
      accountedBytes = record.value
    case .intent:
      accountedBytes = record.value
      if fates.uncertainCount == 0 || record.value < uncertainFrom {
        uncertainFrom = record.value
      }
      if fates[identity] == .uncertain { attempts.add(identity, known: 1) }
      guard fates.note(.uncertain, of: identity) else { throw .tooMany }
    case .fate:
      guard let fate = FrameFate(rawValue: UInt8(truncatingIfNeeded: record.value)) else { break }
      attempts.remove(identity)
      if fate == .unreported {
        fates.remove(identity)
      } else if !fates.note(fate, of: identity) {
        throw .tooMany
      }
    }
    return true
  }

  private func system<Result>(
    _ call: () throws(Errno) -> Result
  ) throws(LedgerFailure) -> Result {
    do throws(Errno) {
      return try call()
    } catch {
      throw .system(error)
    }
  }
}
