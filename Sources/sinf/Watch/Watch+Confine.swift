import CSystem
import SINFPictures
import SINFSystem
import SINFWatch

// What the watching process can still reach once everything is open: the watched folder; the file of
// results; the folders where files are made or renamed, which are those of the ledger and the
// heartbeat, --done, --failed, --unsure, and with --rotate-bytes that of results; and the model's folder for
// reading, because a new model comes under the old one's name.

extension Watch {
  /// Gives up what is not needed, then starts the threads, which are confined like the rest. Once that
  /// is done it does nothing.
  mutating func confineAndStartThreads() throws(StartError) {
    try Confinement.check(confine(), options.shared)
    try loop.client.classifier.startThreads()
  }

  /// What was achieved, csys_confinement or'ed. Says once where the kernel cannot do that.
  private mutating func confine() -> Int32 {
    guard options.shared.usesSandbox, !loop.isConfined else { return Confinement.whole }
    var sandbox = csys_sandbox()
    let replaced = Watch.read | Watch.list | Watch.write | Watch.names
    csys_sandbox_begin(&sandbox, replaced)
    let leaves =
      options.deletesDone || options.done != nil || options.failed != nil || options.unsure != nil
    allow(&sandbox, root, Watch.read | Watch.list | (leaves ? Watch.names : 0))
    allowFolder(of: modelPath, &sandbox, Watch.read)
    allowFolder(of: loop.settings.state, &sandbox, replaced)
    if let path = options.output {
      if options.rotateBytes > 0 {
        allowFolder(of: path, &sandbox, replaced)
      } else {
        // A file that comes in its place needs a fresh process.
        allow(&sandbox, path, Watch.read | Watch.write)
      }
    }
    if let path = options.heartbeat {
      // Opened for reading and writing, like all that takes another file's place.
      allowFolder(of: path, &sandbox, Watch.read | Watch.write | Watch.names)
    }
    if let path = options.done { allow(&sandbox, path, Watch.list | Watch.names) }
    if let path = options.unsure { allow(&sandbox, path, Watch.list | Watch.names) }
    if let path = options.failed { allow(&sandbox, path, Watch.list | Watch.names) }
    let achieved =
      csys_sandbox_enter(&sandbox, Int32(CSYS_PROFILE_WATCHER.rawValue))
      & loop.client.classifier.decoder.confinement
    loop.isConfined = achieved & Int32(CSYS_CONFINED_FILES.rawValue) != 0
    guard !counts.pointee.isReady, !options.shared.requiresSandbox else { return achieved }
    if !loop.isConfined {
      loop.client.say("this kernel cannot confine the program to its files (Landlock)")
    }
    if achieved & Int32(CSYS_CONFINED_CALLS.rawValue) == 0 {
      loop.client.say("this kernel cannot confine the program to its calls (seccomp)")
    }
    return achieved
  }

  private static var read: Int32 { Int32(CSYS_ALLOW_READ.rawValue) }
  private static var list: Int32 { Int32(CSYS_ALLOW_LIST.rawValue) }
  private static var write: Int32 { Int32(CSYS_ALLOW_WRITE.rawValue) }
  private static var names: Int32 { Int32(CSYS_ALLOW_NAMES.rawValue) }

  private mutating func allow(
    _ sandbox: inout csys_sandbox, _ path: UnsafePointer<CChar>, _ kinds: Int32
  ) {
    let error = csys_sandbox_allow(&sandbox, path, kinds)
    if error != 0 {
      loop.client.say("stays out of reach of the confined program", path, Errno(error))
    }
  }

  /// Files are replaced by renaming, so that it is their folder that must be reached.
  private mutating func allowFolder(
    of path: UnsafePointer<CChar>, _ sandbox: inout csys_sandbox, _ kinds: Int32
  ) {
    var memory = InlineArray<4096, UInt8>(repeating: 0)
    var span = memory.mutableSpan
    span.withUnsafeMutableBytes { bytes in
      var folder = Path(memory: bytes.baseAddress!)
      guard folder.set(path) else { return }
      let start = folder.lastComponent - folder.text
      // The slash stays where it is all there is.
      folder.cut(to: start > 1 ? start - 1 : start)
      allow(&sandbox, start == 0 ? PathText.here : folder.text, kinds)
    }
  }
}
