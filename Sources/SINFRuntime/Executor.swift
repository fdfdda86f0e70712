import CSystem
import SINFModel

/// Kernels and the threads that they run on. Who starts it stops it.
struct Executor {
  let kernels: Kernels
  let threads: Int
  private let spinNanoseconds: UInt64
  private let memory: UnsafeMutableRawPointer
  /// nil: everything runs on the calling thread.
  private var pool: OpaquePointer?

  /// Bytes of an arena that the threads need beside the calling one.
  static func bytes(threads: Int) -> Int {
    threads > 1 ? csys_pool_bytes(Int32(truncatingIfNeeded: threads)) : 0
  }

  /// For `threads` (1 ... Engine.mostThreads), the calling one included, in `memory`, which has
  /// `bytes(threads:)` bytes of an arena and outlives them. Without work they look for some for
  /// `spinNanoseconds` before they sleep.
  init(
    kernels: Kernels, threads: Int, spinNanoseconds: UInt64, memory: UnsafeMutableRawPointer
  ) {
    self.kernels = kernels
    self.threads = threads
    self.spinNanoseconds = spinNanoseconds
    self.memory = memory
  }

  /// Starts `threads` - 1 threads, unless they run already.
  ///
  /// Errors: `.noThreads` when the system refuses; none is left then.
  mutating func start() throws(RuntimeError) {
    guard threads > 1, pool == nil else { return }
    var error: Int32 = 0
    guard
      let started = csys_pool_start(
        memory, Int32(truncatingIfNeeded: threads), spinNanoseconds, &error)
    else { throw .noThreads(errorNumber: error) }
    pool = started
  }

  /// Ends the threads; nothing runs here any more.
  func stop() {
    if let pool { csys_pool_stop(pool) }
  }

  /// Ends the threads: from then on everything runs on the calling one.
  mutating func goOnAlone() {
    stop()
    pool = nil
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
