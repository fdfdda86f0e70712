/// Why the runtime can't start. Nothing is thrown once an engine exists.
public enum RuntimeError: Error, Equatable, Sendable {
  /// The arena is too small. `needed` counts everything taken from it up to and including the
  /// refused request, so a budget of `needed` bytes gets past this point; `available` is the
  /// arena's size. Bytes.
  case arenaTooSmall(needed: Int, available: Int)
  /// The system refuses `bytes` of address space.
  case noMemory(bytes: Int)
  /// A file can't be mapped; the system's error number (EISDIR: a directory, EINVAL: not a regular
  /// file).
  case unreadableFile(errorNumber: Int32)
  /// SINF_ISA names an instruction set that is unknown or that this processor doesn't have.
  case instructionSetUnavailable
  /// The system refuses a thread; its error number (EAGAIN: there are too many).
  case noThreads(errorNumber: Int32)
}
