/// A block of the arena that one tensor, or several that share bytes on purpose, live in.
public struct PlannedBuffer: Sendable {
  /// The tensor's name.
  public var name: String
  public var bytes: Int
  /// When the block's contents are needed, by program. Steps count a program's operations; -1 is
  /// before the first.
  public var uses: [Use]
  /// Bytes from the arena's start, a multiple of 64.
  public internal(set) var offset = 0

  public struct Use: Sendable, Hashable {
    public var program: Int
    public var steps: ClosedRange<Int>

    public init(program: Int, steps: ClosedRange<Int>) {
      self.program = program
      self.steps = steps
    }
  }

  public init(name: String, bytes: Int, uses: [Use]) {
    self.name = name
    self.bytes = bytes
    self.uses = uses
  }

  /// Whether both are needed at some time.
  func conflicts(with other: PlannedBuffer) -> Bool {
    uses.contains { use in
      other.uses.contains { $0.program == use.program && $0.steps.overlaps(use.steps) }
    }
  }

  func isNeeded(in program: Int, at step: Int) -> Bool {
    uses.contains { $0.program == program && $0.steps.contains(step) }
  }
}

/// Where every block of all programs lies in the one arena that they share. Programs that never
/// run one after the other on the same data (the clusters' subgraphs, the whole network) share the
/// same bytes, so the arena is as large as the largest need, not the sum.
///
/// Placement is greedy, largest block first into the smallest gap that holds it, in a few orders
/// of which the best is taken (a heuristic: optimal placement is NP-hard). `leastBytes` says how
/// far from the optimum it can be.
public struct MemoryPlan: Sendable {
  public private(set) var buffers: [PlannedBuffer]
  /// Size of the arena.
  public private(set) var arenaBytes: Int
  /// The most that is needed at one time: no plan can be smaller.
  public let leastBytes: Int
  /// Names of the programs and of their steps, for the picture.
  public let programs: [(name: String, steps: [String])]

  static let alignment = 64

  public init(buffers: [PlannedBuffer], programs: [(name: String, steps: [String])]) {
    self.programs = programs
    let area = { (b: PlannedBuffer) in
      b.uses.reduce(0) { $0 + $1.steps.count } * b.bytes
    }
    let orders: [(PlannedBuffer, PlannedBuffer) -> Bool] = [
      { $0.bytes > $1.bytes },
      { area($0) > area($1) },
      { ($0.uses.count, $0.bytes) > ($1.uses.count, $1.bytes) },
    ]
    var best: (offsets: [Int], end: Int)?
    for precedes in orders {
      // Equal ones in the order given: the plan has to be the same every time.
      let order = buffers.indices.sorted { a, b in
        if precedes(buffers[a], buffers[b]) { return true }
        return !precedes(buffers[b], buffers[a]) && a < b
      }
      let placed = Self.place(buffers, order: order)
      if best == nil || placed.end < best!.end { best = placed }
    }
    self.buffers = buffers
    for i in buffers.indices { self.buffers[i].offset = best!.offsets[i] }
    arenaBytes = best?.end ?? 0
    leastBytes =
      programs.indices.flatMap { program in
        (-1...programs[program].steps.count).map { step in
          buffers.reduce(0) {
            $0 + ($1.isNeeded(in: program, at: step) ? Self.rounded($1.bytes) : 0)
          }
        }
      }.max() ?? 0
  }

  private static func rounded(_ bytes: Int) -> Int {
    (bytes + alignment - 1) / alignment * alignment
  }

  private static func place(
    _ buffers: [PlannedBuffer], order: [Int]
  ) -> (offsets: [Int], end: Int) {
    var offsets = [Int](repeating: 0, count: buffers.count)
    var placed: [Int] = []
    var end = 0
    for index in order {
      let size = rounded(buffers[index].bytes)
      let taken = placed.filter { buffers[$0].conflicts(with: buffers[index]) }
        .map { (start: offsets[$0], end: offsets[$0] + rounded(buffers[$0].bytes)) }
        .sorted { $0 < $1 }
      var free = 0
      var choice: (offset: Int, gap: Int)?
      for block in taken {
        let gap = block.start - free
        if gap >= size, gap < choice?.gap ?? Int.max { choice = (free, gap) }
        free = max(free, block.end)
      }
      offsets[index] = choice?.offset ?? free
      end = max(end, offsets[index] + size)
      placed.append(index)
    }
    return (offsets, end)
  }
}
