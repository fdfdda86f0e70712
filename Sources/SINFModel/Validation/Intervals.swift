/// A few disjoint half-open intervals of channel bytes, ascending, neighbours joined. Concatenation
/// writes its parts in order, so that a walk back through them needs one or two.
struct Intervals {
  static let capacity = 32
  private var starts = InlineArray<32, Int64>(repeating: 0)
  private var ends = InlineArray<32, Int64>(repeating: 0)
  private var count = 0

  /// The first byte that no interval has.
  var firstGap: Int64 { count > 0 && starts[0] == 0 ? ends[0] : 0 }

  func contains(_ start: Int64, _ end: Int64) -> Bool {
    for i in 0..<count where starts[i] <= start && end <= ends[i] { return true }
    return start >= end
  }

  /// Adds start ..< end; false when that would need more intervals than there is room for.
  mutating func add(_ start: Int64, _ end: Int64) -> Bool {
    if start >= end { return true }
    var low = start
    var high = end
    // Take out what touches the new interval, keeping the rest in order.
    var kept = 0
    for i in 0..<count {
      if ends[i] < low || starts[i] > high {
        starts[kept] = starts[i]
        ends[kept] = ends[i]
        kept += 1
      } else {
        low = min(low, starts[i])
        high = max(high, ends[i])
      }
    }
    guard kept < Intervals.capacity else { return false }
    var place = kept
    while place > 0, starts[place - 1] > low {
      starts[place] = starts[place - 1]
      ends[place] = ends[place - 1]
      place -= 1
    }
    starts[place] = low
    ends[place] = high
    count = kept + 1
    return true
  }
}
