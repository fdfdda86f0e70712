import SINFModel
import SINFPictures
import SINFRuntime

// RFC 4180 with line feeds: a head, then one record a label, or one without labels for what failed.

extension Report {
  mutating func putCSVHead() {
    output.put(
      "file,picture,status,rank,class,label,probability,cluster,route_confidence,path,macs")
    if options.showsTimes {
      output.put(",read_ns,decode_ns,preprocess_ns,features_ns,route_ns,rest_ns")
    }
    output.put(",error,sure\n")
    output.flush()
  }

  mutating func putCSV(
    _ name: UnsafeBufferPointer<UInt8>, _ number: Int, _ result: Classifier.Result
  ) {
    let info = result.info
    let outcome = result.outcome
    for rank in 0..<result.ranked.count {
      let ranked = result.ranked[rank]
      putCSVBegin(name, number)
      output.put(",classified,")
      output.put(rank + 1)
      output.put(",")
      output.put(ranked.classIndex)
      output.put(",")
      output.put(csv: model.label(ranked.classIndex))
      output.put(",")
      output.put(share: ranked.probability)
      output.put(",")
      if let cluster = outcome.cluster { output.put(csv: model.clusterName(cluster)) }
      output.put(",")
      if let confidence = outcome.routeConfidence { output.put(share: confidence) }
      output.put(",")
      output.put(outcome.path.name)
      if let stop = outcome.stop {
        output.put(":")
        output.put(stop)
      }
      output.put(",")
      output.put(outcome.macs)
      if options.showsTimes {
        putCSV(info.readNanoseconds)
        putCSV(info.decodeNanoseconds)
        putCSV(info.preprocessNanoseconds)
        putCSV(outcome.featuresNanoseconds)
        putCSV(outcome.routeNanoseconds)
        putCSV(outcome.restNanoseconds)
      }
      output.put(",,")
      if let isSure = result.isSure { output.put(isSure ? "true" : "false") }
      output.put("\n")
    }
  }

  mutating func putCSV(_ name: UnsafeBufferPointer<UInt8>, _ number: Int, _ failure: Failure) {
    putCSVBegin(name, number)
    output.put(",failed,,,,,,,,")
    if options.showsTimes { output.put(",,,,,,") }
    output.put(",")
    output.put(failure.name)
    output.put(",\n")
  }

  private mutating func putCSVBegin(_ name: UnsafeBufferPointer<UInt8>, _ number: Int) {
    output.put(csv: name)
    output.put(",")
    output.put(number)
  }

  private mutating func putCSV(_ value: UInt64) {
    output.put(",")
    output.put(value)
  }
}
