import SINFModel
import SINFRuntime

extension Output {
  /// Everything but operations: identity, input, clusters, accuracies, sections.
  mutating func put(
    _ model: Model, _ path: UnsafePointer<CChar>, _ signature: FoundSignature
  ) {
    let metadata = model.metadata
    put("file        ")
    put(printable: bytes(of: path))
    put("\n            ")
    put(bytes: model.fileBytes)
    put(", format ")
    put(model.majorVersion)
    put(".")
    put(model.minorVersion)
    put(", all checks passed\nnetwork     ")
    put(printable: metadata.networkName)
    put("\ncompiler    ")
    put(printable: metadata.compilerVersion)
    put(", seed ")
    put(metadata.seed)
    put("\ninputs      sha-256 ")
    for byte in metadata.inputDigest { put(hexadecimal: byte) }
    put("\n")
    put(signature)
    put(model.preprocessing)
    put("classes     ")
    put(model.classCount)
    put("\narena       ")
    put(bytes: model.arenaBytes)
    put(", ")
    put(model.tensorCount)
    put(" tensors\n")
    put("engine      ")
    put(bytes: Engine.arenaBytes(for: model))
    put(model.isRouted ? ", the arena and the route's class scores\n" : ", the arena alone\n")
    if model.isRouted {
      put("route       ")
      put(model.clusterCount)
      put(" clusters, threshold ")
      put(positive: model.routeThreshold)
      put(model.hasWhole ? ", falls back to the whole network\n" : ", no fallback\n")
      put("            inverse temperature ")
      put(positive: model.routeInverseTemperature)
      put(", score weight ")
      put(positive: model.routeScoreWeight)
      put("\n            ")
      if model.stopMargin > 0 {
        put("stops at the predictor from a margin of ")
        put(positive: model.stopMargin)
      } else {
        put("no stop at the predictor")
      }
      put("; at most ")
      put(operations: model.worstCost)
      put(" MACs an image\n")
    }
    if model.minimumShare > 0 {
      put("sure        from ")
      put(scaled(model.minimumShare, by: 1000), decimals: 1)
      put(" %, unless --min-share asks for another\n")
    }
    put(metadata)
    put(programsOf: model)
    if model.isRouted { put(clustersOf: model) }
    put(sectionsOf: model)
  }

  private mutating func put(_ preprocessing: Preprocessing) {
    put("input       ")
    put(Int(preprocessing.width))
    put(" x ")
    put(Int(preprocessing.height))
    put(", ")
    put(preprocessing.colorOrder.name)
    put(", ")
    put(preprocessing.fit.name)
    put(", the middle ")
    put(UInt64(preprocessing.cropPermille), decimals: 1)
    put(" %, background ")
    let background = preprocessing.background
    put(Int(background.red))
    put(" ")
    put(Int(background.green))
    put(" ")
    put(Int(background.blue))
    put("\n")
  }

  private mutating func put(_ metadata: MetadataView) {
    put("\nmeasured when compiled")
    if metadata.testImages > 0 {
      put(", ")
      put(UInt64(metadata.testImages))
      put(" test images")
    }
    put("\n")
    put("  accuracy, network in float  ", metadata.baseFloatAccuracy)
    put("  accuracy, network in int8   ", metadata.baseAccuracy)
    put("  accuracy, routed            ", metadata.routedAccuracy)
    put("  right cluster               ", metadata.routeAccuracy)
    put("  fallbacks                   ", metadata.fallbackShare)
    put("  MACs, network             ")
    put(operations: metadata.baseMultiplyAccumulates, width: 11)
    put("\n  MACs, routed mean         ")
    put(operations: metadata.routedMultiplyAccumulates, width: 11)
    if let share = millionths(
      metadata.routedMultiplyAccumulates, of: metadata.baseMultiplyAccumulates)
    {
      put("  (")
      put((share + 500) / 1000, decimals: 1)
      put(" % of the network's)")
    }
    put("\n")
  }

  private mutating func put(_ name: StaticString, _ share: Float) {
    put(name)
    if share < 0 {
      put("  not measured")
    } else {
      put("  ")
      put(percent: share)
    }
    put("\n")
  }

  private mutating func put(programsOf model: Model) {
    put("\nprograms    kind      cluster  operations       MACs    weights\n")
    for index in 0..<model.programCount {
      let program = model.program(at: index)
      put(index, width: 10)
      put("  ")
      put(program.kind.name)
      put(0x20, times: 9 - program.kind.name.bytes.count)
      if program.kind == .subgraph {
        put(program.cluster, width: 8)
      } else {
        put("       -")
      }
      put(program.operationCount, width: 12)
      put(operations: program.multiplyAccumulates, width: 11)
      put(bytes: program.weights.count, width: 11)
      put("\n")
    }
  }

  private mutating func put(clustersOf model: Model) {
    put("\nclusters\n")
    for index in 0..<model.clusterCount {
      put(index, width: 10)
      put("  ")
      put(printable: model.clusterName(index))
      put(": ")
      let members = model.clusterMembers(index)
      for position in 0..<members.count {
        if position > 0 { put(", ") }
        put(printable: model.label(Int(members[position])))
      }
      let extra = model.clusterRows(index).count - members.count
      if extra > 0 {
        put(" (and ")
        put(extra)
        put(" of other clusters)")
      }
      put("\n")
    }
  }

  private mutating func put(sectionsOf model: Model) {
    put("\nsections    kind             offset       bytes    crc-32\n")
    for index in 0..<model.sectionCount {
      let section = model.section(at: index)
      put(index, width: 10)
      put("  ")
      put(section.kind.name)
      var width = section.kind.name.bytes.count
      if section.kind == .weights {
        put(" ")
        put(section.index)
        width += 1 + digitCount(UInt64(section.index))
      }
      put(0x20, times: 13 - width)
      put(section.offset, width: 10)
      put(section.byteCount, width: 12)
      put("  ")
      var shift: UInt32 = 32
      while shift > 0 {
        shift -= 8
        put(hexadecimal: UInt8(truncatingIfNeeded: section.checksum >> shift))
      }
      put("\n")
    }
  }
}
