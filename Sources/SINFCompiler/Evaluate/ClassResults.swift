/// How one class fares.
public struct ClassResult: Sendable, Equatable {
  public var label: Int
  public var images: Int
  public var accuracy: Estimate
  /// The wrong answer that is given most often, and how often; nil where none is.
  public var mistake: (answer: Int, count: Int)?

  public static func == (a: ClassResult, b: ClassResult) -> Bool {
    a.label == b.label && a.images == b.images && a.accuracy == b.accuracy
      && a.mistake?.answer == b.mistake?.answer && a.mistake?.count == b.mistake?.count
  }
}

/// Which classes are taken for which.
public struct Confusions: Sendable {
  /// Images of each pair, right ones included.
  public private(set) var counts: [Pair: Int] = [:]
  private let answers: [Answer]

  public struct Pair: Hashable, Sendable {
    public var label: Int
    public var answer: Int

    public init(label: Int, answer: Int) {
      self.label = label
      self.answer = answer
    }
  }

  public init(_ answers: [Answer]) {
    self.answers = answers
    for answer in answers {
      counts[Pair(label: answer.label, answer: answer.predicted), default: 0] += 1
    }
  }

  /// Classes that have images, ascending.
  public var classes: [Int] { Set(answers.map(\.label)).sorted() }

  /// One entry a class that has images, the least accurate first.
  public var results: [ClassResult] {
    var images: [Int: Int] = [:]
    for answer in answers { images[answer.label, default: 0] += 1 }
    var worst: [Int: (answer: Int, count: Int)] = [:]
    for mistake in mistakes where worst[mistake.pair.label] == nil {
      worst[mistake.pair.label] = (mistake.pair.answer, mistake.count)
    }
    return images.map { label, count in
      ClassResult(
        label: label, images: count,
        accuracy: Estimate(
          right: counts[Pair(label: label, answer: label), default: 0], of: count),
        mistake: worst[label])
    }.sorted { ($0.accuracy.value, $0.label) < ($1.accuracy.value, $1.label) }
  }

  /// Pairs of different classes, the most frequent first.
  public var mistakes: [(pair: Pair, count: Int)] {
    counts.filter { $0.key.label != $0.key.answer }.map { ($0.key, $0.value) }.sorted {
      (-$0.1, $0.0.label, $0.0.answer) < (-$1.1, $1.0.label, $1.0.answer)
    }
  }
}

extension [Answer] {
  /// Positions of wrong answers, the surest first.
  public func worstMistakes(_ count: Int) -> [Int] {
    Array<Int>(
      indices.filter { !self[$0].isRight }.sorted {
        (-self[$0].share, $0) < (-self[$1].share, $1)
      }.prefix(count))
  }

  /// Positions of answers that were given on `path`, evenly spread, of different classes as far as
  /// there are some.
  public func examples(of path: Answer.Path, _ count: Int) -> [Int] {
    let own = indices.filter { self[$0].path == path }
    var seen = Set<Int>()
    let distinct = own.filter { seen.insert(self[$0].label).inserted }
    let pool = distinct.count >= count ? distinct : own
    guard pool.count > count else { return pool }
    return (0..<count).map { pool[$0 * pool.count / count] }
  }
}
