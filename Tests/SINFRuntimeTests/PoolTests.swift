import CSystem
import Testing

@Suite struct PoolTests {
  /// Many tasks, one right after the other or with a pause in which the threads fall asleep:
  /// every part of each runs once, and all have run when the call returns.
  @Test(arguments: [(2, UInt64(50_000)), (3, 0), (3, 1_000_000), (64, 0)])
  func everyPartRunsOnce(threads: Int, spinNanoseconds: UInt64) throws {
    try withPool(threads: threads, spinNanoseconds: spinNanoseconds) { pool in
      var runs = [UInt32](repeating: 0, count: Int(CSYS_POOL_MOST_PARTS))
      var expected = runs
      for task in 0..<1000 {
        let parts = task % Int(CSYS_POOL_MOST_PARTS) + 1
        runs.withUnsafeMutableBytes { memory in
          csys_pool_run(
            pool, UInt32(parts),
            { context, part in context.assumingMemoryBound(to: UInt32.self)[Int(part)] += 1 },
            memory.baseAddress!)
        }
        for part in 0..<parts { expected[part] += 1 }
        guard runs == expected else {
          Issue.record("task \(task)")
          return
        }
        if task % 100 == 0 { pause() }
      }
    }
  }

  /// Starting and ending again leaves nothing behind that the next start could trip over.
  @Test func poolsCanFollowEachOtherInTheSameMemory() throws {
    for _ in 0..<50 {
      try withPool(threads: 4, spinNanoseconds: 0) { pool in
        var count: UInt32 = 0
        csys_pool_run(
          pool, 1, { context, _ in context.assumingMemoryBound(to: UInt32.self).pointee += 1 },
          &count)
        #expect(count == 1)
      }
    }
  }

  @Test func thereIsAProcessor() {
    #expect(csys_processor_count() >= 1)
  }

  private func withPool(
    threads: Int, spinNanoseconds: UInt64, _ body: (OpaquePointer) throws -> Void
  ) throws {
    let bytes = csys_pool_bytes(Int32(threads))
    let memory = try #require(csys_map_anonymous(bytes))
    defer { csys_unmap(memory, bytes) }
    var error: Int32 = 0
    let pool = try #require(csys_pool_start(memory, Int32(threads), spinNanoseconds, &error))
    defer { csys_pool_stop(pool) }
    try body(pool)
  }

  /// Long enough for threads to fall asleep.
  private func pause() {
    let start = csys_monotonic_nanoseconds()
    while csys_monotonic_nanoseconds() - start < 2_000_000 {}
  }
}
