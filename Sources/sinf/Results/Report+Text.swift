import SINFModel
import SINFPictures
import SINFRuntime

// The table for people: one line a picture, further labels below it. The file's name stands last,
// where its length disturbs nobody.

extension Report {
  mutating func putText(
    _ name: UnsafeBufferPointer<UInt8>, _ number: Int, _ result: Classifier.Result
  ) {
    if !hasHead { putTextHead() }
    hasHead = true
    for rank in 0..<result.ranked.count {
      putCell(model.label(result.ranked[rank].classIndex), labelColumns)
      output.put("  ")
      output.put(percent: result.ranked[rank].probability)
      if rank == 0 { putTextDetails(name, number, result) }
      output.put("\n")
    }
  }

  private mutating func putTextDetails(
    _ name: UnsafeBufferPointer<UInt8>, _ number: Int, _ result: Classifier.Result
  ) {
    let outcome = result.outcome
    if model.isRouted {
      output.put("  ")
      putCell(
        outcome.cluster.map { model.clusterName($0) } ?? StaticString("-").bytes, clusterColumns)
      output.put("  ")
      if let confidence = outcome.routeConfidence {
        output.put(percent: confidence)
      } else {
        output.put("      -")
      }
      output.put("  ")
      if let stop = outcome.stop {
        output.put("stop ")
        output.put(stop)
        output.put(0x20, times: 2)
      } else {
        putCell(outcome.path.name.bytes, 8)
      }
    }
    if let share = millionths(outcome.macs, of: baseMultiplyAccumulates) {
      output.put((share + 500) / 1000, decimals: 1, width: 6)
      output.put(" %")
    }
    if options.showsTimes {
      let info = result.info
      putTime(info.readNanoseconds &+ info.decodeNanoseconds &+ info.preprocessNanoseconds)
      putTime(
        outcome.featuresNanoseconds &+ outcome.routeNanoseconds &+ outcome.restNanoseconds)
    }
    output.put("  ")
    output.put(pictureName: name, number)
  }

  private mutating func putTextHead() {
    putCell("label", labelColumns)
    output.put("    share")
    if model.isRouted {
      output.put("  ")
      putCell("cluster", clusterColumns)
      output.put("    route  path    ")
    }
    if baseMultiplyAccumulates > 0 { output.put("    MACs") }
    if options.showsTimes {
      output.put("  image ms    net ms")
    }
    output.put("  file\n")
  }

  /// The text, filled up or cut to so many columns, with the last one showing the cut.
  private mutating func putCell(_ text: UnsafeBufferPointer<UInt8>, _ width: Int) {
    let length = columns(text)
    guard length > width else {
      output.put(printable: text)
      return output.put(0x20, times: width - length)
    }
    var end = 0
    var column = 0
    while column < width - 1 || text[end] & 0xC0 == 0x80 {
      if text[end] & 0xC0 != 0x80 { column += 1 }
      end += 1
    }
    output.put(printable: UnsafeBufferPointer(rebasing: text[..<end]))
    output.put("~")
  }

  private mutating func putCell(_ text: StaticString, _ width: Int) {
    putCell(text.bytes, width)
  }

  private mutating func putTime(_ nanoseconds: UInt64) {
    output.put((nanoseconds &+ 5000) / 10_000, decimals: 2, width: 10)
  }

  /// "12 received = 10 classified + 1 failed + 1 skipped", on standard error.
  mutating func putText(_ counts: Counts) {
    errors.put(counts.received)
    errors.put(" received = ")
    errors.put(counts.classified)
    errors.put(" classified + ")
    errors.put(counts.failed)
    errors.put(" failed + ")
    errors.put(counts.skipped)
    errors.put(" skipped")
    if counts.skippedFolders > 0, !options.isRecursive {
      errors.put(" (folders among them: ")
      errors.put(counts.skippedFolders)
      errors.put("; --recursive enters them)")
    }
    errors.put("\n")
  }
}

extension Outcome.Path {
  var name: StaticString {
    switch self {
    case .stop: "stop"
    case .subgraph: "subgraph"
    case .fallback: "fallback"
    case .whole: "whole"
    }
  }
}

extension FrameInfo.Format {
  var name: StaticString {
    switch self {
    case .jpeg: "jpeg"
    case .png: "png"
    }
  }
}
