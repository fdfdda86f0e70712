import SINFSystem

/// Reads back from a file of results which frames it reports.
struct ReportedFrames<Disk: DurableDisk>: ~Copyable {
  private let disk: Disk
  private let descriptor: Int32
  private var offset: Int64
  private var block = InlineArray<4096, UInt8>(repeating: 0)
  private var filled = 0
  private var used = 0

  /// Begins at `offset`, where a line begins; the descriptor stays the caller's.
  init(descriptor: Int32, offset: Int64, disk: Disk) {
    self.disk = disk
    self.descriptor = descriptor
    self.offset = offset
  }

  /// The next whole line's frame; nil at the end.
  mutating func next() throws(Errno) -> (identity: FrameIdentity, fate: FrameFate)? {
    while true {
      var start = InlineArray<64, UInt8>(repeating: 0)
      var count = 0
      var doubt = Doubt()
      var byte = try nextByte()
      while let next = byte, next != 0x0A {
        doubt.read(next)
        if count < 64 {
          start[count] = next
          count += 1
        }
        byte = try nextByte()
      }
      // A line without its end is torn and counts for nothing.
      if byte == nil { return nil }
      guard let frame = parse(start) else { continue }
      return frame.fate == .classified && doubt.isFound ? (frame.identity, .unsure) : frame
    }
  }

  private mutating func nextByte() throws(Errno) -> UInt8? {
    if used == filled {
      var failure: Errno?
      var count = 0
      let from = offset
      var span = block.mutableSpan
      span.withUnsafeMutableBytes { [disk, descriptor] bytes in
        do throws(Errno) {
          count = try disk.read(descriptor, bytes.baseAddress!, bytes.count, at: from)
        } catch {
          failure = error
        }
      }
      if let failure { throw failure }
      guard count > 0 else { return nil }
      offset += Int64(count)
      filled = count
      used = 0
    }
    used += 1
    return block[used - 1]
  }

  /// `{"status":"classified","id":"0123456789abcdef"`, or "failed".
  private func parse(
    _ line: InlineArray<64, UInt8>
  ) -> (identity: FrameIdentity, fate: FrameFate)? {
    var at = 0
    guard skip("{\"status\":\"", line, &at) else { return nil }
    let fate: FrameFate
    if skip("classified\"", line, &at) {
      fate = .classified
    } else if skip("failed\"", line, &at) {
      fate = .failed
    } else {
      return nil
    }
    guard skip(FrameTag.identityKey, line, &at) else { return nil }
    var number: UInt64 = 0
    for index in at..<at + 16 {
      switch line[index] {
      case 0x30...0x39: number = number << 4 | UInt64(line[index] - 0x30)
      case 0x61...0x66: number = number << 4 | UInt64(line[index] - 0x61 + 10)
      default: return nil
      }
    }
    return (FrameIdentity(number: number), fate)
  }

  private func skip(
    _ text: StaticString, _ line: InlineArray<64, UInt8>, _ at: inout Int
  ) -> Bool {
    let count = text.utf8CodeUnitCount
    guard at + count + 16 <= 64 else { return false }
    for index in 0..<count where line[at + index] != text.utf8Start[index] { return false }
    at += count
    return true
  }
}

/// Looks for `FrameTag.doubt` in a line. A string in JSON can't hold it, since it has quotes.
private struct Doubt {
  private var matched = 0

  var isFound: Bool { matched == FrameTag.doubt.utf8CodeUnitCount }

  mutating func read(_ byte: UInt8) {
    let text = FrameTag.doubt
    if isFound { return }
    if byte == text.utf8Start[matched] {
      matched += 1
    } else {
      // Its first byte is in it only once.
      matched = byte == text.utf8Start[0] ? 1 : 0
    }
  }
}
