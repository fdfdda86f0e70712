import SINFModel
import SINFPictures
import SINFRuntime

// --details: the way each picture took, what it cost, and the times of picture and network apart.

extension Report {
  mutating func putDetails(_ result: Classifier.Result) {
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
        putCell(outcome.path.name, 8)
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
  }

  mutating func putDetailsHead() {
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
}
