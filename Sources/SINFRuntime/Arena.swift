import CSystem

/// The memory that a process works in: one anonymous mapping, taken once, given out piece by piece
/// and never piece by piece back. Pages are resident from their first use on; the one behind the last
/// can't be touched.
///
/// Ownership: pieces are valid as long as the arena is; whoever keeps one keeps the arena.
public struct Arena: ~Copyable {
  /// Every piece begins at a multiple of this many bytes.
  public static let alignment = 64

  /// `bytes` (>= 0) up to a multiple of `alignment`.
  public static func rounded(_ bytes: Int) -> Int { (bytes + alignment - 1) & ~(alignment - 1) }

  private let base: UnsafeMutableRawPointer
  /// Whether the memory is the arena's own mapping.
  private let isOwned: Bool
  /// Bytes in all: what was asked for.
  public let capacity: Int
  /// Bytes given out, gaps for alignment included: the high-water mark.
  public private(set) var used = 0

  /// An arena of exactly `bytes`, zeroed.
  ///
  /// Errors: `.noMemory` when the system refuses, or for fewer bytes than one.
  public init(bytes: Int) throws(RuntimeError) {
    guard bytes > 0, let mapping = csys_map_guarded(bytes) else {
      throw .noMemory(bytes: bytes)
    }
    base = mapping
    capacity = bytes
    isOwned = true
  }

  /// An arena in memory of the caller's, which outlives it and every piece. Begins at a multiple of
  /// `alignment`, is not empty, and is filled with zeros here.
  public init(memory: UnsafeMutableRawBufferPointer) {
    base = memory.baseAddress.unsafelyUnwrapped
    capacity = memory.count
    isOwned = false
    memory.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit {
    if isOwned { csys_unmap_guarded(base, capacity) }
  }

  /// Takes all pieces back, which nobody may use any more; the arena is zeros again.
  public mutating func reset() {
    if isOwned {
      csys_forget_pages(base, capacity)
    } else {
      UnsafeMutableRawBufferPointer(start: base, count: capacity)
        .initializeMemory(as: UInt8.self, repeating: 0)
    }
    used = 0
  }

  /// The next `bytes` (>= 0) of the arena, 64-byte aligned, zeroed if never used before.
  ///
  /// Errors: `.arenaTooSmall` with both numbers; the arena is then unchanged.
  public mutating func take(bytes: Int) throws(RuntimeError) -> UnsafeMutableRawBufferPointer {
    let start = Arena.rounded(used)
    let (end, overflow) = start.addingReportingOverflow(bytes)
    guard bytes >= 0, !overflow, end <= capacity else {
      throw .arenaTooSmall(needed: overflow ? Int.max : end, available: capacity)
    }
    used = end
    return UnsafeMutableRawBufferPointer(start: base + start, count: bytes)
  }
}
