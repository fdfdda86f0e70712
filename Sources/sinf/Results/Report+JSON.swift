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
    putJSONBegin("classified", name, number)
    output.put(",\"format\":")
    output.put(json: info.format.name)
    output.put(key: "width", UInt64(info.width))
    output.put(key: "height", UInt64(info.height))
    output.put(key: "orientation", UInt64(info.orientation))
    output.put(key: "bytes", info.byteCount)
    output.put(",\"labels\":[")
    for rank in 0..<result.ranked.count {
      let ranked = result.ranked[rank]
      output.put(rank == 0 ? "{\"class\":" : ",{\"class\":")
      output.put(ranked.classIndex)
      output.put(",\"label\":")
      output.put(json: model.label(ranked.classIndex))
      output.put(",\"probability\":")
      output.put(share: ranked.probability)
      output.put("}")
    }
    output.put("],\"cluster\":")
    if let cluster = outcome.cluster {
      output.put("{\"index\":")
      output.put(cluster)
      output.put(",\"name\":")
      output.put(json: model.clusterName(cluster))
      output.put("}")
    } else {
      output.put("null")
    }
    output.put(",\"route_confidence\":")
    if let confidence = outcome.routeConfidence {
      output.put(share: confidence)
    } else {
      output.put("null")
    }
    output.put(",\"path\":")
    output.put(json: outcome.path.name)
    output.put(key: "macs", outcome.macs)
    output.put(",\"macs_share\":")
    if let share = millionths(outcome.macs, of: baseMultiplyAccumulates) {
      output.put(share, decimals: 6)
    } else {
      output.put("null")
    }
    if options.showsTimes {
      output.put(",\"times_ns\":{\"read\":")
      output.put(info.readNanoseconds)
      output.put(key: "decode", info.decodeNanoseconds)
      output.put(key: "preprocess", info.preprocessNanoseconds)
      output.put(key: "features", outcome.featuresNanoseconds)
      output.put(key: "route", outcome.routeNanoseconds)
      output.put(key: "rest", outcome.restNanoseconds)
      output.put("}")
    }
    output.put(",\"stop\":")
    if let stop = outcome.stop {
      output.put(stop)
    } else {
      output.put("null")
    }
    output.put("}\n")
  }

  mutating func putJSON(_ name: UnsafeBufferPointer<UInt8>, _ number: Int, _ failure: Failure) {
    putJSONBegin("failed", name, number)
    output.put(",\"error\":")
    output.put(json: failure.name)
    output.put(",\"message\":")
    output.beginJSONString()
    output.put(failure)
    output.endJSONString()
    output.put("}\n")
  }

  mutating func putJSON(_ counts: Counts) {
    output.put("{\"status\":\"summary\"")
    output.put(key: "received", UInt64(counts.received))
    output.put(key: "classified", UInt64(counts.classified))
    output.put(key: "failed", UInt64(counts.failed))
    output.put(key: "skipped", UInt64(counts.skipped))
    if options.showsTimes {
      output.put(",\"peak_resident_bytes\":")
      if peakBytes >= 0 {
        output.put(UInt64(peakBytes))
      } else {
        output.put("null")
      }
    }
    output.put("}\n")
  }

  /// A file name that is not UTF-8 comes a second time in hexadecimal, so that nothing is lost.
  private mutating func putJSONBegin(
    _ status: StaticString, _ name: UnsafeBufferPointer<UInt8>, _ number: Int
  ) {
    output.put("{\"status\":")
    output.put(json: status)
    if let tag { output.put(tag) }
    output.put(",\"file\":")
    output.put(json: name)
    if !isUTF8(name) {
      output.put(",\"file_hex\":\"")
      for byte in name { output.put(hexadecimal: byte) }
      output.put("\"")
    }
    output.put(key: "picture", UInt64(number))
  }
}

extension Output {
  /// `,"key":value`; the key needs no escaping.
  mutating func put(key: StaticString, _ value: UInt64) {
    put(",\"")
    put(key)
    put("\":")
    put(value)
  }
}
