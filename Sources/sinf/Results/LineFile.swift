import CSystem
import SINFSystem
import SINFWatch

/// A file of lines that are appended whole, or standard output.
struct LineFile: ~Copyable {
  /// nil: standard output.
  let path: UnsafePointer<CChar>?
  private(set) var descriptor: Int32
  /// Bytes of whole lines in the file; 0 for what has no end, such as a pipe.
  private(set) var length: Int64 = 0
  /// Whether the file can be looked at, cut and renamed: a regular file that was named.
  private(set) var isRegular = false
  private var device: UInt64 = 0
  private var inode: UInt64 = 0

  init(path: UnsafePointer<CChar>?) {
    self.path = path
    descriptor = path == nil ? Output.standardOutput : -1
  }

  deinit { if path != nil, descriptor >= 0 { csys_close(descriptor) } }

  /// Opens or makes the file and cuts a torn last line off; 0 or an errno.
  mutating func open() -> Int32 {
    guard let path else { return 0 }
    if descriptor >= 0 { csys_close(descriptor) }
    descriptor = csys_open_append(path)
    guard descriptor >= 0 else {
      let error = -descriptor
      descriptor = -1
      return error
    }
    var status = csys_status()
    let error = csys_look_at(descriptor, &status)
    guard error == 0 else { return error }
    isRegular = status.kind == Int32(CSYS_FILE_REGULAR.rawValue)
    length = isRegular ? Int64(status.bytes) : 0
    device = status.device
    inode = status.inode
    guard isRegular else { return 0 }
    // The name of a file that was made just now is to outlive a power cut, like what is in it.
    _ = csys_sync_folder_of(path)
    return cutTornLine()
  }

  /// Whether the path still leads to the file: others may have renamed or removed it. Where the path is
  /// a link nobody looks behind it.
  var isInPlace: Bool {
    guard let path, isRegular else { return true }
    var status = csys_status()
    guard csys_look(path, &status) == 0 else { return false }
    return status.kind == Int32(CSYS_FILE_OTHER.rawValue)
      || status.device == device && status.inode == inode
  }

  /// What was written since the last call stays.
  mutating func accept() {
    guard isRegular else { return }
    let bytes = csys_file_bytes(descriptor)
    if bytes >= 0 { length = bytes }
  }

  /// What was written since the last `accept` goes, as far as that can be.
  mutating func takeBack() {
    if isRegular { _ = csys_truncate(descriptor, length) }
  }

  /// What stands behind these bytes goes, as far as that can be.
  mutating func takeBack(to bytes: Int64) {
    guard isRegular else { return }
    length = bytes
    takeBack()
  }

  /// Waits until all is on the disk; 0 or an errno.
  func sync() -> Int32 {
    path == nil || !isRegular ? 0 : csys_sync(descriptor)
  }

  /// Whether a line could be written: the file is made longer and shorter again; 0 or an errno.
  mutating func probe() -> Int32 {
    guard isRegular else { return 0 }
    var block = InlineArray<4096, UInt8>(repeating: 0x20)
    var span = block.mutableSpan
    let descriptor = descriptor
    let error = span.withUnsafeMutableBufferPointer {
      csys_write_all(descriptor, $0.baseAddress!, $0.count)
    }
    takeBack()
    return error
  }

  /// Renames FILE to FILE.1, FILE.1 to FILE.2 and so on, of which `keep` stay, and begins a new file.
  /// 0 or an errno; the file then goes on as it was.
  mutating func rotate(keep: Int, _ from: PathBuffer, _ to: PathBuffer) -> Int32 {
    guard let path, isRegular else { return 0 }
    var number = keep
    while number > 0 {
      guard to.set(path, PathText.none), to.append(number: number), from.set(path, PathText.none)
      else {
        return csys_path_too_long()
      }
      if number > 1, !from.append(number: number - 1) { return csys_path_too_long() }
      let error = csys_rename(from.path, to.path)
      if error != 0, error != csys_no_such_file() { return error }
      number -= 1
    }
    let error = open()
    return error != 0 ? error : csys_sync_folder_of(path)
  }

  /// Cuts what stands behind the last line feed.
  private mutating func cutTornLine() -> Int32 {
    var block = InlineArray<4096, UInt8>(repeating: 0)
    var end = length
    while end > 0 {
      let start = max(0, end - 4096)
      var span = block.mutableSpan
      let count = span.withUnsafeMutableBufferPointer {
        csys_read_at(descriptor, $0.baseAddress!, Int(end - start), start)
      }
      guard count == end - start else { return count < 0 ? Int32(-count) : 0 }
      var index = Int(count)
      while index > 0 {
        if block[index - 1] == 0x0A { return cut(at: start + Int64(index)) }
        index -= 1
      }
      end = start
    }
    return cut(at: 0)
  }

  private mutating func cut(at end: Int64) -> Int32 {
    if end == length { return 0 }
    let error = csys_truncate(descriptor, end)
    if error == 0 { length = end }
    return error
  }
}

/// Reads back from a file of `sinf watch` which frames it reports.
struct ReportedFrames: ~Copyable {
  private let descriptor: Int32
  private var offset: Int64
  private var block = InlineArray<4096, UInt8>(repeating: 0)
  private var filled = 0
  private var used = 0

  /// Begins at `offset`, where a line begins.
  init(descriptor: Int32, offset: Int64) {
    self.descriptor = descriptor
    self.offset = offset
  }

  /// The next whole line's frame; nil at the end.
  mutating func next() -> (identity: FrameIdentity, fate: FrameFate)? {
    while true {
      var start = InlineArray<64, UInt8>(repeating: 0)
      var count = 0
      var byte = nextByte()
      while let next = byte, next != 0x0A {
        if count < 64 {
          start[count] = next
          count += 1
        }
        byte = nextByte()
      }
      // A line without its end is torn and counts for nothing.
      if byte == nil { return nil }
      if let frame = ReportedFrames.parse(start) { return frame }
    }
  }

  private mutating func nextByte() -> UInt8? {
    if used == filled {
      let from = offset
      var span = block.mutableSpan
      let descriptor = descriptor
      let count = span.withUnsafeMutableBufferPointer {
        csys_read_at(descriptor, $0.baseAddress!, $0.count, from)
      }
      guard count > 0 else { return nil }
      offset += count
      filled = Int(count)
      used = 0
    }
    used += 1
    return block[used - 1]
  }

  /// `{"status":"classified","id":"0123456789abcdef"`, or "failed".
  private static func parse(
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

  private static func skip(
    _ text: StaticString, _ line: InlineArray<64, UInt8>, _ at: inout Int
  ) -> Bool {
    let expected = text.bytes
    guard at + expected.count + 16 <= 64 else { return false }
    for index in 0..<expected.count where line[at + index] != expected[index] { return false }
    at += expected.count
    return true
  }
}
