/// Which images a compilation may look at for what. The three parts have no image in common.
///
/// Base networks have memorised the images that they were trained on: their features and
/// accuracies there flatter. So where the data set has a test part of its own, only that part
/// chooses and reports, one half each, and the training images serve for fitting alone. Where it
/// has none, all images are divided by the shares of `SplitRule`.
public struct DataSplit: Sendable, Equatable {
  /// Calibration, route predictor, scores, least squares.
  public var fit: [Int]
  /// Choices: split layer, shares, threshold.
  public var validation: [Int]
  /// Reporting only.
  public var test: [Int]
  /// How the split came about, for reports.
  public var origin: String

  public init(fit: [Int], validation: [Int], test: [Int], origin: String) {
    var seen = Set<Int>(minimumCapacity: fit.count + validation.count + test.count)
    for image in [fit, validation, test].joined() {
      precondition(seen.insert(image).inserted, "image \(image) is in two parts of the split")
    }
    self.fit = fit
    self.validation = validation
    self.test = test
    self.origin = origin
  }

  /// Divides `images`, class by class so that every part has each class in the same share, at
  /// random by `seed`. Each part comes back in ascending order.
  public init(of images: LabelledImages, seed: UInt64, rule: SplitRule = SplitRule()) {
    var generator = SeededGenerator(seed: seed, purpose: "data split")
    let own = Self.byClass(0..<images.testPart.lowerBound, images, &generator)
    let published = Self.byClass(images.testPart, images, &generator)
    var fit: [Int] = []
    var validation: [Int] = []
    var test: [Int] = []
    let hasBoth = !images.testPart.isEmpty && images.testPart.lowerBound > 0
    if hasBoth {
      fit = own.flatMap { $0 }
    }
    let choosing = images.choosingPart, reporting = choosing.upperBound..<images.testPart.upperBound
    if hasBoth && !choosing.isEmpty && !reporting.isEmpty {
      validation = Array(choosing)
      test = Array(reporting)
    } else if hasBoth {
      // An odd image goes to alternating halves, or one half would get them all.
      var odd = 0
      for members in published {
        var half = members.count / 2
        if members.count % 2 == 1 {
          half += odd & 1
          odd += 1
        }
        validation += members.prefix(half)
        test += members.dropFirst(half)
      }
    } else {
      for (a, b) in zip(own, published) {
        let members = a + b
        let forTest = Self.portion(members.count, rule.testShare)
        let forValidation = Self.portion(members.count, rule.validationShare)
        test += members.prefix(forTest)
        validation += members.dropFirst(forTest).prefix(forValidation)
        fit += members.dropFirst(forTest + forValidation)
      }
    }
    if let limit = rule.fitImagesPerClass {
      var taken = [Int](repeating: 0, count: images.classCount)
      fit = fit.filter { image in
        taken[images.labels[image]] += 1
        return taken[images.labels[image]] <= limit
      }
    }
    let origin =
      hasBoth && validation.count == choosing.count && !choosing.isEmpty
      ? "the data set's validation part chooses, its test part reports"
      : hasBoth
        ? "the data set's test part halved by seed \(seed): one half chooses, the other reports"
        : "all images divided by seed \(seed)"
    self.init(
      fit: fit.sorted(), validation: validation.sorted(), test: test.sorted(), origin: origin)
  }

  /// Throws `DatasetError` naming `path` if a class has no image to fit, or a part none at all:
  /// nothing could be compiled from it, or said of the result.
  ///
  /// - Parameter partial: Whether classes may be without images, since nothing is fitted to them.
  public func checkParts(
    of images: LabelledImages, path: String, partial: Bool = false
  ) throws {
    let present = images.presentClasses
    if !partial, present.count < images.classCount {
      let missing = Set(images.classNames.indices).subtracting(present).sorted()
      let names = missing.prefix(3).map { "'\(images.classNames[$0])'" }.joined(separator: ", ")
      throw DatasetError(
        path,
        "shows \(present.count) of the network's \(images.classCount) classes (none of \(names)"
          + "\(missing.count > 3 ? ", ..." : "")); clusters need pictures of each: --keep-classes makes "
          + "a model of those \(present.count) alone, --plain one of all without clusters")
    }
    let classes = Set(fit.map { images.labels[$0] })
    if let bare = present.first(where: { !partial && !classes.contains($0) }) {
      throw DatasetError(path, "class '\(images.classNames[bare])' has no image for fitting")
    }
    for (part, purpose) in [(validation, "choosing"), (test, "reporting")] where part.isEmpty {
      throw DatasetError(
        path,
        "\(images.count) images of \(present.count) classes leave none for \(purpose); "
          + "at least three of a class are needed")
    }
  }

  /// `count` images of `part`, an equal number of each class as far as they reach, at random by
  /// `seed`; ascending. For calibration, where a few hundred images do.
  public static func sample(
    _ count: Int, of part: [Int], in images: LabelledImages, seed: UInt64
  ) -> [Int] {
    var generator = SeededGenerator(seed: seed, purpose: "sample of \(count)")
    let members = byClass(part, images, &generator)
    var result: [Int] = []
    var depth = 0
    while result.count < count {
      // Where not every class can give one more, chance decides which do.
      let round = generator.shuffled(members.compactMap { $0.count > depth ? $0[depth] : nil })
      if round.isEmpty { break }
      result += round.prefix(count - result.count)
      depth += 1
    }
    return result.sorted()
  }

  private static func byClass(
    _ part: some Sequence<Int>, _ images: LabelledImages, _ generator: inout SeededGenerator
  ) -> [[Int]] {
    var members = [[Int]](repeating: [], count: images.classCount)
    for image in part { members[images.labels[image]].append(image) }
    return members.map { generator.shuffled($0) }
  }

  /// At least one image of a class in each part as soon as there are enough.
  private static func portion(_ count: Int, _ share: Double) -> Int {
    guard share > 0, count > 2 else { return 0 }
    return max(1, Int((Double(count) * share).rounded()))
  }
}

/// How much goes where.
public struct SplitRule: Sendable, Equatable {
  /// Shares of all images, for data sets without a test part of their own.
  public var validationShare: Double
  public var testShare: Double
  /// Upper bound on the images of one class that fitting gets; nil for all.
  public var fitImagesPerClass: Int?

  public init(
    validationShare: Double = 0.15, testShare: Double = 0.25, fitImagesPerClass: Int? = nil
  ) {
    precondition(validationShare >= 0 && testShare >= 0 && validationShare + testShare < 1)
    self.validationShare = validationShare
    self.testShare = testShare
    self.fitImagesPerClass = fitImagesPerClass
  }
}
