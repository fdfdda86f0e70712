import CSystem
import SINFCapture

// Frames that leave the folder when they have been reported.

extension Watch {
  /// Moves or deletes the file as the options ask, and takes it from the queue. A newer frame that
  /// came under the same name meanwhile stays.
  mutating func retire(
    _ slot: FrameQueue.Slot, _ status: csys_status, _ fate: FrameFate
  ) {
    guard leaves(fate) else { return queue.remove(slot) }
    let error = leave(queue.path(slot), status, fate)
    if error == 0 || error == csys_no_such_file() {
      end(.leaving, fate == .failed ? options.failed : options.done ?? root, "works again")
      return queue.remove(slot)
    }
    begin(
      .leaving, fate == .failed ? options.failed : options.done ?? root,
      "frames cannot leave the folder; trying again", error)
    queue.putBack(slot, readyNanoseconds: csys_monotonic_nanoseconds() &+ 5_000_000_000)
  }

  /// 0 or an errno.
  private func leave(
    _ relative: UnsafePointer<CChar>, _ expected: csys_status, _ fate: FrameFate
  ) -> Int32 {
    guard tables.path.set(root, relative) else { return csys_path_too_long() }
    // Renamed first and looked at then: whatever came under the name in between is not taken for it.
    let isDeleted = fate == .classified && options.deletesDone
    let folder = isDeleted ? root : fate == .failed ? options.failed : options.done
    guard let folder else { return 0 }
    let name = isDeleted ? PathText.leaving : lastComponent(relative)
    let error = moveAside(to: folder, name)
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
