extension LabelledImages {
  /// Classes that there are images of, ascending.
  public var presentClasses: [Int] { Set(labels).sorted() }

  /// What a user should know of these images, a line each: which files gave none, and what is
  /// unusual about the others.
  public var remarks: [String] { remarks(labelled: true) }

  /// The same of images whose labels mean nothing.
  public func remarks(labelled: Bool) -> [String] {
    skippedText + (labelled ? [fewText, greyText, partialText] : [greyText]).compactMap { $0 }
  }

  /// More skipped files than this are told by kind.
  private static let mostNamed = 10

  private var skippedText: [String] {
    guard skipped.count > Self.mostNamed else {
      return skipped.map { "skipped: \($0.name): \($0.reason)" }
    }
    var kinds: [String: (count: Int, example: String)] = [:]
    for file in skipped {
      kinds[kind(of: file), default: (0, file.name)].count += 1
    }
    let sorted = kinds.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
    let shown = sorted.prefix(5).map {
      "\($1.count) \($0) (\($1.example)\($1.count > 1 ? ", ..." : ""))"
    }
    let rest = sorted.dropFirst(5).reduce(0) { $0 + $1.value.count }
    let advice =
      skipped.count > count ? ": most of the data is left out; JPEG and PNG files are read" : ""
    return [
      "skipped: \(skipped.count) files, \(count) are read: " + shown.joined(separator: "; ")
        + (rest > 0 ? "; \(rest) others" : "") + advice
    ]
  }

  /// The reason without what differs from file to file.
  private func kind(of file: SkippedFile) -> String {
    let reason = file.reason.prefix { !":,(".contains($0) && !$0.isNumber }
    return reason.split(separator: " ").joined(separator: " ")
  }

  private var fewText: String? {
    // A published test part has its own images to report.
    guard testPart.isEmpty || testPart.count == count else { return nil }
    var counts = [Int](repeating: 0, count: classCount)
    for label in labels { counts[label] += 1 }
    let few = counts.indices.filter { counts[$0] > 0 && counts[$0] < 3 }
    guard !few.isEmpty else { return nil }
    let names = few.prefix(5).map { "\(classNames[$0]): \(counts[$0])" }.joined(separator: ", ")
    return "\(few.count) of \(presentClasses.count) classes have fewer than three images (\(names)"
      + (few.count > 5 ? ", ..." : "")
      + "): they are fitted but no figure is about them; give at least three, better thirty"
  }

  private var greyText: String? {
    guard channels == 3, count > 0 else { return nil }
    let grey = (0..<count).count { image in
      let bytes = byteRange(of: image)
      return pixels.withUnsafeBufferPointer { pixels in
        stride(from: bytes.lowerBound, to: bytes.upperBound, by: 3).allSatisfy {
          pixels[$0] == pixels[$0 + 1] && pixels[$0] == pixels[$0 + 2]
        }
      }
    }
    guard grey * 10 >= count else { return nil }
    return "\(grey) of \(count) images are grey, the network takes colours: they fit if the camera "
      + "is grey as well, else figures and calibration are about other pictures"
  }

  private var partialText: String? {
    let present = presentClasses.count
    guard present < classCount else { return nil }
    return "images show \(present) of \(classCount) classes: every figure is about those \(present)"
  }
}

extension LabelledImages {
  /// The same images with some classes alone, in that order. All images are of one of them.
  func keeping(_ classes: [Int]) -> LabelledImages {
    var result = self
    let places = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
    result.classNames = classes.map { classNames[$0] }
    result.labels = labels.map { places[$0]! }
    return result
  }
}
