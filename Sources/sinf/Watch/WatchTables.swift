import SINFRuntime
import SINFSystem
import SINFWatch

/// The memory of `sinf watch` besides the classifier's: its size follows from the options, and all of
/// it is taken at start.
struct WatchTables: ~Copyable {
  private let arena: Arena
  let events: UnsafeMutableRawPointer
  let loop: UnsafeMutableRawPointer
  let heartbeat: UnsafeMutableRawPointer
  /// The ledger's path and that of its next version.
  private var state: Path
  private var freshState: Path
  /// The model before the one in use.
  private var oldModel: Path

  static func bytes(_ options: WatchOptions) -> Int {
    Arena.rounded(FolderEvents.memoryBytes) + loopBytes(options) + 4 * Path.capacity
  }

  private static func loopBytes(_ options: WatchOptions) -> Int {
    let settings = options.settings(state: PathText.state, freshState: PathText.state)
    return WatchLoop<HostSystem, WatchReporter>.memoryBytes(settings)
  }

  init(_ options: WatchOptions) throws(StartError) {
    var arena = try makeArena(WatchTables.bytes(options))
    let events = try WatchTables.take(FolderEvents.memoryBytes, &arena)
    let loop = try WatchTables.take(WatchTables.loopBytes(options), &arena)
    let paths = try WatchTables.take(4 * Path.capacity, &arena)
    self.arena = arena
    self.events = events
    self.loop = loop
    heartbeat = paths
    state = Path(memory: paths + Path.capacity)
    freshState = Path(memory: paths + 2 * Path.capacity)
    oldModel = Path(memory: paths + 3 * Path.capacity)
  }

  /// Sets the paths; false when they are too long.
  mutating func setPaths(_ options: WatchOptions, _ model: UnsafePointer<CChar>) -> Bool {
    // Nothing to go back to where that is too long.
    if oldModel.set(model), !oldModel.append(PathText.old) { oldModel.cut(to: 0) }
    let fits: Bool
    if let path = options.state {
      fits = state.set(path)
    } else {
      fits = state.set(options.folder.unsafelyUnwrapped, PathText.state)
    }
    return fits && freshState.set(state.text) && freshState.append(PathText.new)
  }

  /// Where `sinf update` keeps the model before the one in use.
  var oldModelPath: UnsafePointer<CChar> { oldModel.text }

  /// What the loop is to do; valid as long as the tables are.
  func settings(_ options: WatchOptions) -> WatchSettings {
    options.settings(state: state.text, freshState: freshState.text)
  }

  private static func take(
    _ bytes: Int, _ arena: inout Arena
  ) throws(StartError) -> UnsafeMutableRawPointer {
    do throws(RuntimeError) {
      return try arena.take(bytes: bytes).baseAddress.unsafelyUnwrapped
    } catch {
      throw StartError(error)
    }
  }
}
