import CSystem
import SINFModel
import SINFPictures
import SINFRuntime

// One object a line (docs/output.md). Keys are always there and always in this order; what does not
// apply is null.

extension Report {
  mutating func putJSON(
    _ name: UnsafeBufferPointer<UInt8>, _ number: Int, _ result: Classifier.Result
  ) {
    let info = result.info
    let outcome = result.outcome
    beginJSON("classified", name, number)
    output.member("format", info.format.name)
    output.member("width", UInt64(info.width))
    output.member("height", UInt64(info.height))
    output.member("orientation", UInt64(info.orientation))
    output.member("bytes", info.byteCount)
    output.key("labels")
    output.beginArray()
    for rank in 0..<result.ranked.count { putJSON(result.ranked[rank]) }
    output.endArray()
    output.key("cluster")
    if let cluster = outcome.cluster {
      output.beginObject()
      output.member("index", cluster)
      output.member("name", model.clusterName(cluster))
      output.endObject()
    } else {
      output.null()
    }
    output.key("route_confidence")
    output.value(share: outcome.routeConfidence)
    output.member("path", outcome.path.name)
    output.member("macs", outcome.macs)
    output.key("macs_share")
    output.value(millionths(outcome.macs, of: baseMultiplyAccumulates), decimals: 6)
    if options.showsTimes {
      output.key("times_ns")
      output.beginObject()
      output.member("read", info.readNanoseconds)
      output.member("decode", info.decodeNanoseconds)
      output.member("preprocess", info.preprocessNanoseconds)
      output.member("features", outcome.featuresNanoseconds)
      output.member("route", outcome.routeNanoseconds)
      output.member("rest", outcome.restNanoseconds)
      output.endObject()
    }
    output.member("stop", outcome.stop.map { UInt64($0) })
    output.key("label")
    if result.isSure == false {
      output.null()
    } else {
      output.value(model.label(result.ranked[0].classIndex))
    }
    // `ReportedFrames` looks for it.
    output.member("sure", result.isSure)
    output.endObject()
    output.endDocument()
  }

  private mutating func putJSON(_ ranked: Ranked) {
    output.beginObject()
    output.member("class", ranked.classIndex)
    output.member("label", model.label(ranked.classIndex))
    output.key("probability")
    output.value(share: ranked.probability)
    output.endObject()
  }

  mutating func putJSON(_ name: UnsafeBufferPointer<UInt8>, _ number: Int, _ failure: Failure) {
    beginJSON("failed", name, number)
    output.member("error", failure.name)
    output.key("message")
    output.beginText()
    output.put(failure)
    output.endText()
    output.endObject()
    output.endDocument()
  }

  mutating func putJSON(_ counts: Counts) {
    output.beginObject()
    output.member("status", "summary")
    output.member("received", counts.received)
    output.member("classified", counts.classified)
    output.member("failed", counts.failed)
    output.member("skipped", counts.skipped)
    if options.showsTimes {
      output.key("peak_resident_bytes")
      output.value(known: peakBytes)
      output.member("memory_budget_bytes", memory.budgetBytes)
      output.member("memory_used_bytes", memory.usedBytes)
    }
    output.endObject()
    output.endDocument()
  }

  /// A file name that is not UTF-8 comes a second time in hexadecimal, so that nothing is lost.
  private mutating func beginJSON(
    _ status: StaticString, _ name: UnsafeBufferPointer<UInt8>, _ number: Int
  ) {
    output.beginObject()
    output.member("status", status)
    if let tag { output.putMembers(tag) }
    output.member("file", name)
    if !isUTF8(name) {
      output.key("file_hex")
      output.beginText()
      for byte in name { output.put(hexadecimal: byte) }
      output.endText()
    }
    output.member("picture", number)
  }
}
