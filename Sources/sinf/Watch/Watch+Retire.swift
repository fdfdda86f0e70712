import CSystem
import SINFSystem
import SINFWatch

// Frames that leave the folder when they have been reported.

extension Watch {
  /// Moves or deletes the file as the options ask, and takes it from the queue. A newer frame that
  /// came under the same name meanwhile stays.
  mutating func retire(
    _ slot: FrameQueue.Slot, _ status: csys_status, _ fate: FrameFate
  ) {
    guard leaves(fate) else { return queue.remove(slot) }
    let error = leave(queue.path(slot), status, fate)
    if error == 0 || error == csys_no_such_file() && !isThere(queue.path(slot)) {
      end(.leaving, fate == .failed ? options.failed : options.done ?? root, "works again")
      return queue.remove(slot)
    }
    begin(
      .leaving, fate == .failed ? options.failed : options.done ?? root,
      "frames cannot leave the folder; trying again", error)
    askForFreshProcess(error)
    queue.putBack(slot, readyNanoseconds: csys_monotonic_nanoseconds() &+ 5_000_000_000)
  }

  private func isThere(_ relative: UnsafePointer<CChar>) -> Bool {
    var status = csys_status()
    return tables.path.set(root, relative) && csys_look(tables.path.path, &status) == 0
  }

  /// 0 or an errno.
  private func leave(
    _ relative: UnsafePointer<CChar>, _ expected: csys_status, _ fate: FrameFate
  ) -> Int32 {
    guard tables.path.set(root, relative) else { return csys_path_too_long() }
    var current = csys_status()
    let missing = csys_look(tables.path.path, &current)
    if missing != 0 { return missing }
    // Another frame, which is found by its own event.
    if !isSameFile(current, expected) { return 0 }
    // Renamed first and looked at then: whatever came under the name in between is not taken for it.
    let isDeleted = fate == .classified && options.deletesDone
    let folder = isDeleted ? root : fate == .failed ? options.failed : options.done
    guard let folder else { return 0 }
    let error: Int32
    if isDeleted {
      guard tables.other.set(PathText.leaving, PathText.none),
        tables.other.append(number: Int(truncatingIfNeeded: expected.inode & 0x7FFF_FFFF))
      else { return csys_path_too_long() }
      error = moveAside(to: folder, tables.other.path)
    } else {
      error = moveAside(to: folder, lastComponent(relative))
    }
    if error != 0 { return error }
    var moved = csys_status()
    if csys_look(tables.target.path, &moved) == 0, !isSameFile(moved, expected) {
      return giveBack(relative)
    }
    if !isDeleted { return 0 }
    return csys_remove(tables.target.path)
  }

  /// Renames the file at hand to `folder/name`, with a number behind it where that is taken.
  private func moveAside(
    to folder: UnsafePointer<CChar>, _ name: UnsafePointer<CChar>
  ) -> Int32 {
    var number = 0
    while true {
      guard tables.target.set(folder, name),
        number == 0 || tables.target.append(number: number)
      else { return csys_path_too_long() }
      let error = csys_rename_new(tables.path.path, tables.target.path)
      if error != csys_exists() || number == 9999 { return error }
      number += 1
    }
  }

  /// Deletes what a process that was killed had renamed in order to delete it. Such a name ends in the
  /// number of the file it was made for; any other file under it is left alone and named.
  mutating func removeLeavings() {
    var directory = csys_directory()
    guard csys_directory_open(&directory, root) == 0 else { return }
    defer { csys_directory_close(&directory) }
    var error: Int32 = 0
    while let name = csys_directory_next(&directory, &error) {
      guard let number = numberOfLeaving(name), tables.target.set(root, name) else { continue }
      var status = csys_status()
      guard csys_look(tables.target.path, &status) == 0 else { continue }
      if status.inode & 0x7FFF_FFFF == number {
        _ = csys_remove(tables.target.path)
      } else {
        say(tables.target.path, "is a frame that came when another was deleted; rename it")
      }
    }
  }

  /// What stands behind `.sinf-leaving.`; nil for another name.
  private func numberOfLeaving(_ name: UnsafePointer<CChar>) -> UInt64? {
    let prefix = PathText.leaving
    var index = 0
    while prefix[index] != 0 {
      guard name[index] == prefix[index] else { return nil }
      index += 1
    }
    guard name[index] == 0x2E else { return nil }
    var number: UInt64 = 0
    index += 1
    while name[index] >= 0x30, name[index] <= 0x39 {
      number = number &* 10 &+ UInt64(name[index] - 0x30)
      index += 1
    }
    return number
  }

  /// Puts a newer frame back under its name, or, where a still newer one has taken that, under a
  /// name with a number before it.
  private func giveBack(_ relative: UnsafePointer<CChar>) -> Int32 {
    var error = csys_rename_new(tables.target.path, tables.path.path)
    var number = 1
    while error == csys_exists(), number < 9999 {
      let name = lastComponent(tables.path.path)
      // folder/number-name
      guard tables.other.set(tables.path.path, PathText.none) else { return error }
      tables.other.cut(before: name - tables.path.path)
      guard tables.other.append(number: number), tables.other.append(PathText.dash),
        tables.other.append(name)
      else { return csys_path_too_long() }
      error = csys_rename_new(tables.target.path, tables.other.path)
      number += 1
    }
    return error
  }
}

extension PathText {
  static var dash: UnsafePointer<CChar> { text("-") }
}
