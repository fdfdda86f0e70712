// What somebody who mistyped a word may have meant.

/// The candidate nearest to the word, if so near that the two are easily confused.
struct Suggestion {
  private let word: UnsafeBufferPointer<UInt8>
  private(set) var best: StaticString?
  private var bestDistance: Int

  init(for word: UnsafeBufferPointer<UInt8>) {
    self.word = word
    // A heuristic: up to a third of the letters may be wrong, always one, never more than three.
    bestDistance = min(max(word.count / 3, 1), 3) + 1
  }

  /// `meaning` is suggested in the candidate's place.
  mutating func consider(_ candidate: StaticString, meaning: StaticString? = nil) {
    if consider(candidate.bytes) { best = meaning ?? candidate }
  }

  /// Whether the candidate is nearer than all before it.
  mutating func consider(_ candidate: UnsafeBufferPointer<UInt8>) -> Bool {
    let distance = editDistance(word, candidate)
    guard distance < bestDistance else { return false }
    bestDistance = distance
    return true
  }
}

/// Letters to insert, delete, change or swap with their neighbour until `a` becomes `b` (optimal
/// string alignment distance); texts longer than 31 bytes are as far apart as can be.
func editDistance(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Int {
  typealias Row = InlineArray<32, Int>
  guard a.count < 32, b.count < 32 else { return Int.max }
  var twoAbove = Row(repeating: 0)
  var above = Row(repeating: 0)
  var row = Row(repeating: 0)
  for j in 0...b.count { row[j] = j }
  for i in 0..<a.count {
    twoAbove = above
    above = row
    row[0] = i + 1
    for j in 0..<b.count {
      let change = above[j] + (a[i] == b[j] ? 0 : 1)
      // min with three arguments would make an array.
      row[j + 1] = min(change, min(above[j + 1], row[j]) + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        row[j + 1] = min(row[j + 1], twoAbove[j - 1] + 1)
      }
    }
  }
  return row[b.count]
}
