import SINFSystem

/// The names around a model that is replaced now and then.
struct ModelPaths: ~Copyable {
  static let memoryBytes = 3 * Path.capacity

  /// The model before it.
  private(set) var old: Path
  /// What is being written.
  private(set) var fresh: Path
  private(set) var scratch: Path

  /// nil where they are too long.
  init?(_ model: UnsafePointer<CChar>, memory: UnsafeMutableRawPointer) {
    old = Path(memory: memory)
    fresh = Path(memory: memory + Path.capacity)
    scratch = Path(memory: memory + 2 * Path.capacity)
    guard old.set(model), old.append(PathText.old),
      fresh.set(model), fresh.append(PathText.new),
      scratch.set(model), scratch.append(PathText.scratch)
    else { return nil }
  }
}
