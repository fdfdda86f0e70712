import SINFSystem

/// What takes frames out of the folder once they were reported: moves or deletes them, and never
/// touches another file.
struct Retirer<System: WatchSystem>: ~Copyable {
  private let system: System
  private let settings: WatchSettings
  /// The folders that frames go to, while they are open.
  private var done: Int32 = -1
  private var failed: Int32 = -1
  private var unsure: Int32 = -1
  private var target: Path

  static func memoryBytes() -> Int { Carver.rounded(Path.longCapacity) }

  init(_ settings: WatchSettings, _ memory: inout Carver, system: System) {
    self.system = system
    self.settings = settings
    target = Path(memory: memory.take(Path.longCapacity), capacity: Path.longCapacity)
  }

  /// Closes what was opened to move frames there.
  mutating func rest() {
    if done >= 0 { system.close(done) }
    if failed >= 0 { system.close(failed) }
    if unsure >= 0 { system.close(unsure) }
    done = -1
    failed = -1
    unsure = -1
  }

  /// Moves or deletes the frame at the path below `folder` as its fate asks for. A newer frame that
  /// came under the same name meanwhile stays.
  mutating func retire(
    _ path: UnsafePointer<CChar>, in folder: Int32, _ expected: FileStatus, _ fate: FrameFate
  ) throws(Errno) {
    let current: FileStatus
    do throws(Errno) {
      current = try system.look(path, in: folder)
    } catch {
      if error == .noSuchFile { return }
      throw error
    }
    // Another frame, which is found by its own event.
    guard current.isSameContent(as: expected) else { return }
    // Renamed first and looked at then: whatever came under the name in between is not taken for it.
    let isDeleted = settings.deletes(fate)
    let destination = isDeleted ? folder : try destination(of: fate)
    if isDeleted {
      guard target.set(Text.leaving),
        target.append(number: Int(expected.inode & Retirer<System>.inodeMask))
      else { throw .pathTooLong }
      try moveAside(path, in: folder, to: destination, target.count)
    } else {
      guard target.set(lastComponent(path)) else { throw .pathTooLong }
      try moveAside(path, in: folder, to: destination, target.count)
    }
    if let moved = try? system.look(target.text, in: destination),
      !moved.isSameContent(as: expected)
    {
      return try giveBack(path, in: folder, from: destination)
    }
    if isDeleted { try system.remove(target.text, in: destination) }
  }

  private static var inodeMask: UInt64 { 0x7FFF_FFFF }

  private mutating func destination(of fate: FrameFate) throws(Errno) -> Int32 {
    if fate == .failed {
      if failed < 0, let path = settings.failed { failed = try system.openPlace(path) }
      return failed
    }
    if fate == .unsure, let path = settings.unsure {
      if unsure < 0 { unsure = try system.openPlace(path) }
      return unsure
    }
    if done < 0, let path = settings.done { done = try system.openPlace(path) }
    return done
  }

  /// Renames the file to what `target` holds, whose name of `length` bytes gets a number behind it
  /// where it is taken.
  private mutating func moveAside(
    _ path: UnsafePointer<CChar>, in folder: Int32, to destination: Int32, _ length: Int
  ) throws(Errno) {
    while true {
      do throws(Errno) {
        return try system.move(path, in: folder, to: destination, as: target.text)
      } catch {
        if error != .exists { throw error }
      }
      try number(length, try freeNumber(length, in: destination))
    }
  }

  /// A number with which the name is free. Where the names with 1 to n are taken, as they are when
  /// they come from here, it is n + 1, found in some 2 log n looks.
  private mutating func freeNumber(
    _ length: Int, in destination: Int32
  ) throws(Errno) -> Int {
    var high = 1
    while try isTaken(length, high, in: destination) {
      high *= 2
      // Somebody sets traps.
      if high >= 1 << 30 {
        return Int(truncatingIfNeeded: system.wallNanoseconds & Int64(Int32.max))
      }
    }
    var low = high / 2
    while high - low > 1 {
      let middle = (low + high) / 2
      if try isTaken(length, middle, in: destination) { low = middle } else { high = middle }
    }
    return high
  }

  private mutating func isTaken(
    _ length: Int, _ value: Int, in destination: Int32
  ) throws(Errno) -> Bool {
    try number(length, value)
    do throws(Errno) {
      _ = try system.look(target.text, in: destination)
      return true
    } catch {
      if error == .noSuchFile { return false }
      throw error
    }
  }

  /// `target` becomes the name of so many bytes, a dot and the number; a name as long as names can be
  /// loses its end.
  private mutating func number(_ length: Int, _ value: Int) throws(Errno) {
    target.cut(to: min(length, Retirer<System>.longestName - 11))
    guard target.append(Text.dot), target.append(number: value) else { throw .pathTooLong }
  }

  private static var longestName: Int { 255 }

  /// Puts a newer frame back under its name, or, where a still newer one has taken that, under a
  /// name with a number before it.
  private func giveBack(
    _ path: UnsafePointer<CChar>, in folder: Int32, from destination: Int32
  ) throws(Errno) {
    var memory = InlineArray<640, UInt64>(repeating: 0)
    var span = memory.mutableSpan
    let failure: Errno? = span.withUnsafeMutableBytes { bytes in
      var back = Path(memory: bytes.baseAddress!, capacity: bytes.count)
      var number = 0
      while true {
        guard back.set(path) else { return .pathTooLong }
        if number > 0 {
          // folder/number-name
          let name = lastComponent(path)
          back.cut(to: name - path)
          guard back.append(number: number), back.append(Text.dash), back.append(name) else {
            return .pathTooLong
          }
        }
        do throws(Errno) {
          try system.move(target.text, in: destination, to: folder, as: back.text)
          return nil
        } catch {
          if error != .exists || number == 9999 { return error }
        }
        number += 1
      }
    }
    if let failure { throw failure }
  }

  /// Deletes the file of this name in the folder if it is one that a process which was killed had
  /// renamed in order to delete it: such a name ends in the number of the file it was made for. False
  /// for any other file under such a name, which is left alone.
  func removeLeaving(_ name: UnsafePointer<CChar>, in folder: Int32) -> Bool {
    guard let number = Retirer<System>.numberOfLeaving(name),
      let status = try? system.look(name, in: folder)
    else { return true }
    guard status.inode & Retirer<System>.inodeMask == number else { return false }
    try? system.remove(name, in: folder)
    return true
  }

  /// What stands behind `.sinf-leaving.`; nil for another name.
  private static func numberOfLeaving(_ name: UnsafePointer<CChar>) -> UInt64? {
    let prefix = Text.leaving
    var index = 0
    while prefix[index] != 0 {
      guard name[index] == prefix[index] else { return nil }
      index += 1
    }
    var number: UInt64 = 0
    while name[index] >= 0x30, name[index] <= 0x39 {
      number = number &* 10 &+ UInt64(name[index] - 0x30)
      index += 1
    }
    return number
  }
}
