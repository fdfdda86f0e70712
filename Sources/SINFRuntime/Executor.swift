import CSystem
import SINFModel

/// Kernels and the threads that they run on. Who makes it stops it.
struct Executor {
  let kernels: Kernels
  let threads: Int
  private let pool: OpaquePointer?

  /// Bytes of an arena that the threads need beside the calling one.
  static func bytes(threads: Int) -> Int {
    threads > 1 ? csys_pool_bytes(Int32(truncatingIfNeeded: threads)) : 0
  }

  /// Starts `threads` - 1 (1 ... Engine.mostThreads) threads in `memory`, which has
  /// `bytes(threads:)` bytes of an arena and outlives them. Without work they look for some for
  /// `spinNanoseconds` before they sleep.
  ///
  /// Errors: `.noThreads` when the system refuses; none is left then.
  init(
    kernels: Kernels, threads: Int, spinNanoseconds: UInt64, memory: UnsafeMutableRawPointer
  ) throws(RuntimeError) {
    self.kernels = kernels
    self.threads = threads
    guard threads > 1 else {
      pool = nil
      return
    }
    var error: Int32 = 0
    guard
      let started = csys_pool_start(
        memory, Int32(truncatingIfNeeded: threads), spinNanoseconds, &error)
    else { throw .noThreads(errorNumber: error) }
    pool = started
  }

  /// Ends the threads.
  func stop() {
    if let pool { csys_pool_stop(pool) }
  }

  /// Computes one operation on the tensors behind `base`, on all threads where that pays.
  func execute(_ operation: OperationView, in base: UnsafeMutableRawPointer) {
    guard let pool else { return kernels.execute(operation, in: base) }
    let division = Division(of: operation, threads: threads)
    guard division.parts > 1 else { return kernels.execute(operation, in: base) }
    var task = Task(kernels: kernels, operation: operation, base: base, division: division)
    csys_pool_run(
      pool, UInt32(truncatingIfNeeded: division.parts),
      { context, part in
        let task = context.assumingMemoryBound(to: Task.self).pointee
        task.kernels.execute(
          task.operation, in: task.base, part: task.division.part(Int(part)))
      }, &task)
  }

  /// What threads need to compute a part.
  private struct Task {
    let kernels: Kernels
    let operation: OperationView
    let base: UnsafeMutableRawPointer
    let division: Division
  }
}
