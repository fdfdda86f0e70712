import CSystem
import SINFSystem

// What the watching process can still reach once everything is open: the watched folder, the folders
// of results, ledger, heartbeat, --done and --failed, and the model's folder for SIGHUP.

extension Watch {
  /// Gives up everything else; says once where the kernel cannot do that.
  mutating func confine() {
    guard options.shared.usesSandbox, !isConfined else { return }
    var sandbox = csys_sandbox()
    let results = Watch.read | Watch.list | Watch.write | Watch.names
    csys_sandbox_begin(&sandbox, results)
    allow(&sandbox, root, Watch.read | Watch.list | Watch.names | Watch.write)
    allowFolder(of: modelPath, &sandbox, Watch.read)
    allowFolder(of: tables.state.path, &sandbox, results)
    if let path = options.output { allowFolder(of: path, &sandbox, results) }
    if let path = options.heartbeat { allowFolder(of: path, &sandbox, results) }
    if let path = options.done { allow(&sandbox, path, Watch.names) }
    if let path = options.failed { allow(&sandbox, path, Watch.names) }
    let achieved = csys_sandbox_enter(&sandbox, Int32(CSYS_PROFILE_WATCHER.rawValue))
    isConfined = achieved & Int32(CSYS_CONFINED_FILES.rawValue) != 0
    guard !counts.pointee.isReady else { return }
    if !isConfined { say(nil, "this kernel cannot confine the program to its files (Landlock)") }
    if achieved & Int32(CSYS_CONFINED_CALLS.rawValue) == 0 {
      say(nil, "this kernel cannot confine the program to its calls (seccomp)")
    }
  }

  /// What a confined process is refused (EACCES, or EXDEV for moving) a fresh one may be allowed, if
  /// the folder was removed and made again. Where the permission is really missing, asking again
  /// every five seconds does no harm.
  mutating func askForFreshProcess(_ error: Int32) {
    guard isConfined, error == csys_no_permission() || error == csys_other_file_system(),
      csys_monotonic_nanoseconds() &- startNanoseconds > 5_000_000_000
    else { return }
    needsFreshProcess = true
  }

  private static var read: Int32 { Int32(CSYS_ALLOW_READ.rawValue) }
  private static var list: Int32 { Int32(CSYS_ALLOW_LIST.rawValue) }
  private static var write: Int32 { Int32(CSYS_ALLOW_WRITE.rawValue) }
  private static var names: Int32 { Int32(CSYS_ALLOW_NAMES.rawValue) }

  private mutating func allow(
    _ sandbox: inout csys_sandbox, _ path: UnsafePointer<CChar>, _ kinds: Int32
  ) {
    let error = csys_sandbox_allow(&sandbox, path, kinds)
    if error != 0 { say(path, "stays out of reach of the confined program", error) }
  }

  /// Files are replaced by renaming, so that it is their folder that must be reached.
  private mutating func allowFolder(
    of path: UnsafePointer<CChar>, _ sandbox: inout csys_sandbox, _ kinds: Int32
  ) {
    guard tables.other.set(path, PathText.none) else { return }
    let start = lastComponent(path) - path
    if start > 1 {
      tables.other.cut(before: start - 1)
    } else if start == 1 {
      tables.other.cut(before: 1)
    } else if !tables.other.set(PathText.here, PathText.none) {
      return
    }
    allow(&sandbox, tables.other.path, kinds)
  }
}

extension PathText {
  static var here: UnsafePointer<CChar> { text(".") }
}
