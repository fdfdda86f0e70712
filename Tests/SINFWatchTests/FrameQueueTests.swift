import SINFSystem
import Testing

@testable import SINFWatch

@Suite struct FrameQueueTests {
  func withQueue(
    capacity: Int, order: FrameQueue.Order = .oldestFirst, _ work: (inout FrameQueue) -> Void
  ) {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: FrameQueue.bytes(capacity: capacity, pathBytes: 16), alignment: 64)
    defer { memory.deallocate() }
    var queue = FrameQueue(memory: memory, capacity: capacity, pathBytes: 16, order: order)
    work(&queue)
  }

  func status(modified: Int64, inode: UInt64 = 1, bytes: UInt64 = 10) -> FileStatus {
    var status = FileStatus()
    status.inode = inode
    status.bytes = bytes
    status.modifiedNanoseconds = modified
    return status
  }

  /// The paths in the order in which they are taken and removed.
  func drain(_ queue: inout FrameQueue, at now: UInt64 = 1000) -> [String] {
    var paths: [String] = []
    while let slot = queue.take(at: now) {
      paths.append(String(cString: queue.path(slot)))
      queue.remove(slot)
    }
    return paths
  }

  @Test(arguments: [
    (FrameQueue.Order.oldestFirst, ["n", "a", "b", "c", "z"]),
    (FrameQueue.Order.newestFirst, ["z", "c", "a", "b", "n"]),
  ])
  func ordersByAgeThenPath(order: FrameQueue.Order, expected: [String]) {
    withQueue(capacity: 8, order: order) { queue in
      for (path, modified) in [("b", 5), ("z", 9), ("n", -3), ("a", 5), ("c", 7)] as [(_, Int64)] {
        #expect(queue.offer(path, status(modified: modified), readyNanoseconds: 0) == .queued)
      }
      #expect(drain(&queue) == expected)
      #expect(queue.count == 0)
      #expect(queue.isOverflowing == false)
    }
  }

  @Test(arguments: [
    (FrameQueue.Order.oldestFirst, ["f0", "f1", "f2", "f3"]),
    (FrameQueue.Order.newestFirst, ["f9", "f8", "f7", "f6"]),
  ])
  func keepsTheFirstOfTooMany(order: FrameQueue.Order, expected: [String]) {
    for step in [1, 3, 7, 9] {
      withQueue(capacity: 4, order: order) { queue in
        for index in 0..<10 {
          let number = index * step % 10
          _ = queue.offer(
            "f\(number)", status(modified: Int64(number)), readyNanoseconds: 0)
        }
        #expect(queue.isOverflowing == true)
        #expect(queue.count == 4)
        #expect(drain(&queue) == expected)
      }
    }
  }

  @Test func saysWhatItLeavesOut() {
    withQueue(capacity: 1) { queue in
      #expect(queue.offer("b", status(modified: 5), readyNanoseconds: 0) == .queued)
      #expect(queue.isOverflowing == false)
      #expect(queue.offer("c", status(modified: 5), readyNanoseconds: 0) == .full)
      #expect(queue.isOverflowing == true)
      queue.isOverflowing = false
      // A frame that is being looked at is never driven out.
      let slot = queue.take(at: 0)
      #expect(queue.offer("a", status(modified: 1), readyNanoseconds: 0) == .full)
      #expect(queue.isOverflowing == true)
      #expect(slot.map { String(cString: queue.path($0)) } == "b")
    }
  }

  @Test func bringsAKnownFrameUpToDate() {
    withQueue(capacity: 2) { queue in
      #expect(queue.offer("a", status(modified: 1), readyNanoseconds: 0) == .queued)
      #expect(queue.offer("b", status(modified: 2), readyNanoseconds: 0) == .queued)
      #expect(queue.offer("a", status(modified: 3, bytes: 99), readyNanoseconds: 0) == .known)
      #expect(queue.count == 2)
      #expect(queue.isOverflowing == false)
      #expect(queue.take(at: 0).map { String(cString: queue.path($0)) } == "b")
      let slot = queue.take(at: 0)
      #expect(slot.map { queue[$0].status.bytes } == 99)
      // While it is looked at, what comes is left for a scan.
      #expect(queue.offer("a", status(modified: 4), readyNanoseconds: 0) == .known)
      #expect(queue.isOverflowing == true)
    }
  }

  @Test func takesOnlyWhatIsReady() throws {
    withQueue(capacity: 4) { queue in
      #expect(queue.nextReadyNanoseconds == nil)
      _ = queue.offer("a", status(modified: 1), readyNanoseconds: 50)
      _ = queue.offer("b", status(modified: 2), readyNanoseconds: 20)
      #expect(queue.nextReadyNanoseconds == 20)
      #expect(queue.take(at: 19) == nil)
      guard let slot = queue.take(at: 20) else {
        Issue.record("b is ready")
        return
      }
      #expect(String(cString: queue.path(slot)) == "b")
      #expect(queue.take(at: 20) == nil)
      #expect(queue.nextReadyNanoseconds == 50)
      queue.putBack(slot, readyNanoseconds: 70)
      #expect(queue.take(at: 69).map { String(cString: queue.path($0)) } == "a")
      #expect(queue.take(at: 70) == slot)
      #expect(queue.count == 2)
    }
  }

  @Test func refusesPathsThatAreTooLong() {
    withQueue(capacity: 2) { queue in
      let longest = String(repeating: "p", count: 15)
      #expect(queue.offer(longest, status(modified: 1), readyNanoseconds: 0) == .queued)
      #expect(queue.offer(longest + "p", status(modified: 1), readyNanoseconds: 0) == .tooLong)
      #expect(drain(&queue) == [longest])
    }
  }

  /// A frame that was tried in vain waits its time out, whatever a scan finds meanwhile; one that
  /// changed is tried at once.
  @Test func keepsTheBackOffOfAFrameThatIsFoundAgain() {
    withQueue(capacity: 2) { queue in
      _ = queue.offer("a", status(modified: 1), readyNanoseconds: 0)
      guard let slot = queue.take(at: 0) else {
        Issue.record("a is ready")
        return
      }
      queue[slot].attempts += 1
      queue.putBack(slot, readyNanoseconds: 500)
      #expect(queue.offer("a", status(modified: 1), readyNanoseconds: 10) == .known)
      #expect(queue.nextReadyNanoseconds == 500)
      #expect(queue.take(at: 500).map { queue[$0].attempts } == 1)
    }
    withQueue(capacity: 2) { queue in
      _ = queue.offer("a", status(modified: 1), readyNanoseconds: 0)
      guard let slot = queue.take(at: 0) else {
        Issue.record("a is ready")
        return
      }
      queue[slot].attempts += 1
      queue.putBack(slot, readyNanoseconds: 500)
      #expect(queue.offer("a", status(modified: 2), readyNanoseconds: 10) == .known)
      #expect(queue.nextReadyNanoseconds == 10)
    }
  }
}
