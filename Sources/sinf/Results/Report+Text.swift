import SINFModel
import SINFPictures
import SINFRuntime

// The table for people: one line a picture, further labels below it. The file's name stands last,
// where its length disturbs nobody. `Report+Details` has more columns.

extension Report {
  mutating func putText(
    _ name: UnsafeBufferPointer<UInt8>, _ number: Int, _ result: Classifier.Result
  ) {
    if !hasHead { if options.showsDetails { putDetailsHead() } else { putTextHead() } }
    hasHead = true
    for rank in 0..<result.ranked.count {
      let isDoubtful = rank == 0 && result.isSure == false
      if isDoubtful { output.put("? ") }
      putCell(model.label(result.ranked[rank].classIndex), labelColumns - (isDoubtful ? 2 : 0))
      output.put("  ")
      output.put(percent: result.ranked[rank].probability)
      if rank == 0 {
        if options.showsDetails {
          putDetails(result)
        } else {
          putSure(result)
        }
        output.put("  ")
        output.put(pictureName: name, number)
      }
      output.put("\n")
    }
  }

  private mutating func putSure(_ result: Classifier.Result) {
    switch result.isSure {
    case true?: output.put("  yes ")
    case false?: output.put("  no  ")
    case nil: output.put("  -   ")
    }
    if options.showsTimes {
      let info = result.info
      let outcome = result.outcome
      putTime(
        info.readNanoseconds &+ info.decodeNanoseconds &+ info.preprocessNanoseconds
          &+ outcome.featuresNanoseconds &+ outcome.routeNanoseconds &+ outcome.restNanoseconds)
    }
  }

  private mutating func putTextHead() {
    putCell("label", labelColumns)
    output.put("    share  sure?")
    if options.showsTimes { output.put("        ms") }
    output.put("  file\n")
  }

  /// The text, filled up or cut to so many columns, with the last one showing the cut.
  mutating func putCell(_ text: UnsafeBufferPointer<UInt8>, _ width: Int) {
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

  mutating func putCell(_ text: StaticString, _ width: Int) {
    putCell(text.bytes, width)
  }

  /// Milliseconds in ten columns.
  mutating func putTime(_ nanoseconds: UInt64) {
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
