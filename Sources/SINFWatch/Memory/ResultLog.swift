import SINFSystem

/// The file that lines are appended to, whole ones only, or standard output.
///
/// A line is written to `descriptor` and then kept by `accept` or taken back. Whatever fails, the log
/// goes on as it was.
public struct ResultLog<Disk: DurableDisk>: ~Copyable {
  /// nil: standard output.
  let path: UnsafePointer<CChar>?
  /// Where the next line goes; -1 where there is no place for it.
  private(set) var descriptor: Int32
  /// Bytes of whole lines in the file; 0 for what has no end, such as a pipe.
  private(set) var length: Int64 = 0
  /// Whether the file can be looked at, cut and renamed: a regular file that was named.
  private(set) var isRegular = false
  /// What was opened.
  private(set) var status = FileStatus()
  private var older: Path
  private var newer: Path
  private let disk: Disk

  static var memoryBytes: Int { 2 * Path.capacity }
  private static var standardOutput: Int32 { 1 }

  /// A log that is not open yet; what it opens stays open as long as the process lives.
  ///
  /// - Parameters:
  ///   - path: outlives this; nil for standard output.
  ///   - memory: `memoryBytes`, outliving this.
  init(path: UnsafePointer<CChar>?, memory: UnsafeMutableRawPointer, disk: Disk) {
    self.path = path
    self.disk = disk
    descriptor = path == nil ? ResultLog<Disk>.standardOutput : -1
    older = Path(memory: memory)
    newer = Path(memory: memory + Path.capacity)
  }

  /// Opens or makes the file and cuts a torn last line off.
  mutating func open() throws(Errno) {
    guard let path else { return }
    let opened = try disk.openResults(path)
    do throws(Errno) {
      let status = try disk.look(at: opened)
      var end: Int64 = 0
      if status.kind == .regular {
        // The name of a file that was made just now is to outlive a power cut, like what is in it.
        try? disk.syncFolder(of: path)
        end = try endOfLines(opened, Int64(clamping: status.bytes))
        if end < Int64(clamping: status.bytes) { try disk.cut(opened, to: end) }
      }
      take(opened, status, end)
    } catch {
      disk.close(opened)
      throw error
    }
  }

  /// Whether the path still leads to the file: others may have renamed or removed it. Where the path is
  /// a link nobody looks behind it.
  var isInPlace: Bool {
    guard let path, isRegular else { return true }
    guard let current = try? disk.look(path) else { return false }
    return current.kind == .other || current.isSamePlace(as: status)
  }

  /// What was written since the last call stays.
  mutating func accept() {
    guard isRegular, let status = try? disk.look(at: descriptor) else { return }
    length = Int64(clamping: status.bytes)
  }

  /// What was written since the last `accept` goes, as far as that can be.
  func takeBack() {
    if isRegular { try? disk.cut(descriptor, to: length) }
  }

  /// What stands behind these bytes goes, as far as that can be.
  mutating func takeBack(to bytes: Int64) {
    guard isRegular else { return }
    length = bytes
    takeBack()
  }

  /// Waits until all is on the disk.
  func sync() throws(Errno) {
    if path != nil, isRegular { try disk.sync(descriptor) }
  }

  /// Finds out whether a line could be written: the file is made longer and shorter again.
  func probe() throws(Errno) {
    guard isRegular else { return }
    defer { takeBack() }
    let block = InlineArray<4096, UInt8>(repeating: 0x20)
    let result: Errno? = block.span.withUnsafeBytes { [disk, descriptor] bytes in
      do throws(Errno) {
        try disk.append(descriptor, bytes.baseAddress!, bytes.count)
        return nil
      } catch {
        return error
      }
    }
    if let result { throw result }
  }

  /// Renames FILE to FILE.1, FILE.1 to FILE.2 and so on, of which `keep` stay, and begins a new file,
  /// which is there before anything is renamed.
  mutating func rotate(keep: Int) throws(Errno) {
    guard let path, isRegular else { return }
    guard newer.set(path), newer.append(Text.new) else { throw .pathTooLong }
    let opened = try disk.openFresh(newer.text, isPrivate: false)
    do throws(Errno) {
      let status = try disk.look(at: opened)
      var number = keep
      while number > 0 {
        try name(number, path)
        swap(&older, &newer)
        try name(number - 1, path)
        do throws(Errno) {
          try disk.rename(newer.text, to: older.text)
        } catch {
          // There need not be so many.
          if number == 1 || error != .noSuchFile { throw error }
        }
        number -= 1
      }
      guard newer.set(path), newer.append(Text.new) else { throw .pathTooLong }
      try disk.rename(newer.text, to: path)
      take(opened, status, 0)
    } catch {
      disk.close(opened)
      if newer.set(path), newer.append(Text.new) { try? disk.remove(newer.text) }
      throw error
    }
    try disk.syncFolder(of: path)
  }

  /// The file that was rotated so often, opened for reading; nil where there is none.
  mutating func openRotated(_ number: Int) -> Int32? {
    guard let path else { return nil }
    do throws(Errno) {
      try name(number, path)
      return try disk.openWritten(newer.text)
    } catch {
      return nil
    }
  }

  /// Whether the path leads to the same file as this number of FILE.N; 0 is FILE.
  mutating func isSame(_ other: UnsafePointer<CChar>, as number: Int) -> Bool {
    guard let path, (try? name(number, path)) != nil, let a = try? disk.look(newer.text),
      let b = try? disk.look(other)
    else { return false }
    return a.isSamePlace(as: b)
  }

  /// `newer` becomes FILE.N, or FILE for 0.
  private mutating func name(_ number: Int, _ path: UnsafePointer<CChar>) throws(Errno) {
    guard newer.set(path),
      number == 0 || newer.append(Text.dot) && newer.append(number: number)
    else { throw .pathTooLong }
  }

  private mutating func take(_ opened: Int32, _ status: FileStatus, _ end: Int64) {
    if descriptor >= 0 { disk.close(descriptor) }
    descriptor = opened
    self.status = status
    isRegular = status.kind == .regular
    length = end
  }

  /// Bytes up to the last line feed.
  private func endOfLines(_ descriptor: Int32, _ total: Int64) throws(Errno) -> Int64 {
    var end = total
    while end > 0 {
      let start = max(0, end - 4096)
      var block = InlineArray<512, UInt64>(repeating: 0)
      var span = block.mutableSpan
      var found: Int64 = -1
      let result: Errno? = span.withUnsafeMutableBytes { [disk] bytes in
        do throws(Errno) {
          let base = bytes.baseAddress!
          var index = try disk.read(descriptor, base, Int(end - start), at: start)
          while index > 0, base.load(fromByteOffset: index - 1, as: UInt8.self) != 0x0A {
            index -= 1
          }
          if index > 0 { found = start + Int64(index) }
          return nil
        } catch {
          return error
        }
      }
      if let result { throw result }
      if found >= 0 { return found }
      end = start
    }
    return 0
  }
}
