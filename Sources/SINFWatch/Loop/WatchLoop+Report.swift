import SINFSystem

// One frame of the batch: read, labelled, and reported.

extension WatchLoop where Client: ~Copyable {
  /// Labels and reports a frame of the batch, or leaves it for another try.
  mutating func report(_ index: Int) {
    let frame = batch[index]
    let path = queue.path(frame.slot)
    setFullPath(path)
    let tag = FrameTag(
      identity: frame.identity, nanoseconds: system.wallNanoseconds,
      isReplayed: frame.wasUncertain && !results.isRegular)
    if let loss = frame.loss { return conclude(index, loss, tag) }
    let descriptor: Int32
    do throws(Errno) {
      descriptor = try system.openFile(path, in: finder.folder)
    } catch {
      if error.isTrouble, tryAgain(frame.slot, system.monotonicNanoseconds) { return }
      return conclude(index, .system(error), tag)
    }
    defer { system.close(descriptor) }
    // Replaced or changed since it was announced: another frame, which is found by its own event.
    guard let before = settled(descriptor), before.isSameContent(as: frame.status) else { return }
    let labelling = client.label(descriptor)
    // What was written while it was read may be half of one picture and half of another.
    guard let after = try? system.look(at: descriptor), after.isSameContent(as: before),
      after.changedNanoseconds == before.changedNanoseconds
    else { return }
    let writing = system.writing(descriptor)
    if writing == .somebody { return }
    let now = system.monotonicNanoseconds
    switch labelling {
    case .classified, .unsure, .flawed: break
    case .unreadable(let error):
      if error.isTrouble, tryAgain(frame.slot, now) { return }
    case .unfinished:
      if writing == .unknown, mayGrow(before) {
        return queue.putBack(frame.slot, readyNanoseconds: now &+ growthPause)
      }
    }
    let fate = FrameFate(labelling)
    if fate == .failed, !hasRoomForFailure(frame.identity) { return leaveAlone(index) }
    let error = client.writeAnswer(fullPath.text, tag, to: results.descriptor)
    settle(index, fate, tag, error)
  }

  /// What an open file is, as of a moment from which on every change shows in its times: the clock
  /// that stamps files stands still for some milliseconds, and what is written in the same ones as
  /// before has the same time.
  private func settled(_ descriptor: Int32) -> FileStatus? {
    var tries = 0
    while let status = try? system.look(at: descriptor) {
      let age = system.fileNanoseconds.subtractingReportingOverflow(status.changedNanoseconds)
      // A server's clock, or one that was set, says nothing about ours.
      if age.overflow || age.partialValue > 0 || age.partialValue < -20_000_000 || tries == 20 {
        return status
      }
      system.pause(nanoseconds: 1_000_000)
      tries += 1
    }
    return nil
  }

  /// Whether a picture that ends too early may still be written, where nobody says who writes: it has
  /// to lie still far longer than others before that is taken for its end.
  private func mayGrow(_ status: FileStatus) -> Bool {
    let age = system.wallNanoseconds.subtractingReportingOverflow(status.modifiedNanoseconds)
    let patience = max(60_000_000_000, Int64(clamping: settings.settleNanoseconds) &* 30)
    return !age.overflow && age.partialValue >= 0 && age.partialValue < patience
  }

  private var growthPause: UInt64 {
    min(max(2 * settings.settleNanoseconds, 200_000_000), 5_000_000_000)
  }

  /// Reports a frame that was lost.
  private mutating func conclude(_ index: Int, _ loss: FrameLoss, _ tag: FrameTag) {
    guard hasRoomForFailure(batch[index].identity) else { return leaveAlone(index) }
    let error = client.writeLoss(loss, fullPath.text, tag, to: results.descriptor)
    settle(index, .failed, tag, error)
  }

  /// Counts a frame whose line was written; when the line could not be written, the frame waits.
  private mutating func settle(
    _ index: Int, _ fate: FrameFate, _ tag: FrameTag, _ error: Errno?
  ) {
    guard keepLine(error) else { return }
    batch[index].fate = fate
    counts.pointee.note(fate, 1)
    if tag.isReplayed { counts.pointee.replayed += 1 }
  }

  /// Keeps the line that was just written, or what there is of it goes.
  private mutating func keepLine(_ error: Errno?) -> Bool {
    guard let error else {
      results.accept()
      return true
    }
    results.takeBack()
    if error == .cancelled {
      // Somebody asked to stop while the reader stood still.
    } else if settings.output == nil {
      // Nobody reads standard output any more, or its disk is full: it cannot be cut or reopened.
      isCutOff = true
      client.say(.resultsAreCutOff, nil, error)
    } else {
      begin(.output, .cannotWriteResults, settings.output, error)
    }
    return false
  }

  /// Reports a frame that was gone or out of reach before it could be announced. Nothing remembers
  /// it: it has no file.
  mutating func lose(_ slot: FrameQueue.Slot, _ error: Errno) {
    let path = queue.path(slot)
    setFullPath(path)
    let tag = FrameTag(
      identity: FrameIdentity(path: path, queue[slot].status),
      nanoseconds: system.wallNanoseconds, isReplayed: false)
    guard
      keepLine(client.writeLoss(.system(error), fullPath.text, tag, to: results.descriptor))
    else { return }
    counts.pointee.failed += 1
  }

  /// Reports a file that cannot be queued, and remembers that.
  mutating func loseAtOnce(
    _ path: UnsafePointer<CChar>, _ status: FileStatus, _ identity: FrameIdentity,
    _ error: Errno
  ) {
    guard ledger.fates[identity] == nil, !mustReconcile, hasRoomForFailure(identity),
      ledger.fates.count < ledger.fates.capacity, !troubles.isOn(.output), !troubles.isOn(.ledger)
    else {
      // Found again by the next scan.
      return
    }
    setFullPath(path)
    let tag = FrameTag(
      identity: identity, nanoseconds: system.wallNanoseconds, isReplayed: false)
    guard
      keepLine(client.writeLoss(.system(error), fullPath.text, tag, to: results.descriptor))
    else { return }
    counts.pointee.failed += 1
    _ = ledger.note(.failed, of: identity)
    writeLedger()
  }

  // MARK: Failures that stay

  /// Most failed frames that are remembered where they stay in the folder: the others' room is for
  /// frames that are worth something.
  var failureLimit: Int { ledger.fates.capacity / 4 * 3 }

  private func hasRoomForFailure(_ identity: FrameIdentity) -> Bool {
    settings.failed != nil || ledger.fates.failedCount + batchFailures < failureLimit
  }

  private var batchFailures: Int {
    var count = 0
    for index in 0..<batch.count where batch[index].fate == .failed { count += 1 }
    return count
  }

  /// A failed frame that could not be remembered: it is not reported, nor looked at again for now.
  private mutating func leaveAlone(_ index: Int) {
    if worthless.isEmpty { client.say(.failuresAreFull(failureLimit), settings.folder, nil) }
    worthless.add(batch[index].identity)
    queue.remove(batch[index].slot)
    batch[index].isLeftAlone = true
  }

  /// Forgets failures that are gone, where others wait for their room.
  mutating func makeRoomForFailures() {
    guard wantsCompaction else { return }
    wantsCompaction = false
    compact()
    guard ledger.fates.failedCount < failureLimit else { return }
    worthless.removeAll()
    finder.wantsScan = true
  }
}
