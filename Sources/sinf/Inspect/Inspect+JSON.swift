import SINFModel
import SINFRuntime

extension Output {
  /// One object on one line (docs/output.md).
  mutating func put(json model: Model, _ path: UnsafePointer<CChar>, _ options: InspectOptions) {
    let metadata = model.metadata
    put("{\"file\":")
    put(json: bytes(of: path))
    put(key: "bytes", UInt64(model.fileBytes))
    put(",\"format_version\":\"")
    put(model.majorVersion)
    put(".")
    put(model.minorVersion)
    put("\",\"network\":")
    put(json: metadata.networkName)
    put(",\"compiler\":")
    put(json: metadata.compilerVersion)
    put(key: "seed", metadata.seed)
    put(",\"input_digest\":\"")
    for byte in metadata.inputDigest { put(hexadecimal: byte) }
    put("\"")
    put(json: model.preprocessing)
    put(key: "arena_bytes", UInt64(model.arenaBytes))
    put(key: "tensors", UInt64(model.tensorCount))
    put(",\"route\":")
    if model.isRouted {
      put("{\"threshold\":")
      put(positive: model.routeThreshold)
      put(",\"inverse_temperature\":")
      put(positive: model.routeInverseTemperature)
      put(",\"fallback\":")
      put(model.hasWhole ? "true" : "false")
      put(",\"score_weight\":")
      put(positive: model.routeScoreWeight)
      put(",\"stop_margin\":")
      put(positive: model.stopMargin)
      put(key: "worst_macs", model.worstCost)
      put("}")
    } else {
      put("null")
    }
    put(json: metadata)
    put(",\"labels\":[")
    for index in 0..<model.classCount {
      if index > 0 { put(",") }
      put(json: model.label(index))
    }
    put("],\"clusters\":[")
    for index in 0..<model.clusterCount {
      put(index == 0 ? "{\"name\":" : ",{\"name\":")
      put(json: model.clusterName(index))
      put(",\"members\":")
      put(json: model.clusterMembers(index))
      put(",\"rows\":")
      put(json: model.clusterRows(index))
      put("}")
    }
    put("],\"programs\":[")
    for index in 0..<model.programCount {
      if index > 0 { put(",") }
      put(json: model.program(at: index), options)
    }
    put("],\"sections\":[")
    for index in 0..<model.sectionCount {
      let section = model.section(at: index)
      put(index == 0 ? "{\"kind\":" : ",{\"kind\":")
      put(json: section.kind.name)
      put(key: "index", UInt64(section.index))
      put(key: "offset", UInt64(section.offset))
      put(key: "bytes", UInt64(section.byteCount))
      put(key: "crc32", UInt64(section.checksum))
      put("}")
    }
    put("]")
    put(key: "engine_bytes", UInt64(Engine.arenaBytes(for: model)))
    put("}\n")
  }

  private mutating func put(json preprocessing: Preprocessing) {
    put(",\"preprocessing\":{\"width\":")
    put(Int(preprocessing.width))
    put(key: "height", UInt64(preprocessing.height))
    put(key: "channels", UInt64(preprocessing.channels))
    put(",\"color_order\":")
    put(json: preprocessing.colorOrder.name)
    put(",\"fit\":")
    put(json: preprocessing.fit.name)
    put(key: "crop_permille", UInt64(preprocessing.cropPermille))
    let background = preprocessing.background
    put(",\"background\":[")
    put(Int(background.red))
    put(",")
    put(Int(background.green))
    put(",")
    put(Int(background.blue))
    put("]}")
  }

  private mutating func put(json metadata: MetadataView) {
    put(",\"measured\":{\"test_images\":")
    put(UInt64(metadata.testImages))
    put(key: "base_float_accuracy", share: metadata.baseFloatAccuracy)
    put(key: "base_accuracy", share: metadata.baseAccuracy)
    put(key: "routed_accuracy", share: metadata.routedAccuracy)
    put(key: "route_accuracy", share: metadata.routeAccuracy)
    put(key: "fallback_share", share: metadata.fallbackShare)
    put(key: "base_macs", metadata.baseMultiplyAccumulates)
    put(key: "routed_macs", metadata.routedMultiplyAccumulates)
    put("}")
  }

  /// null when it was not measured.
  private mutating func put(key: StaticString, share: Float) {
    put(",\"")
    put(key)
    put("\":")
    if share < 0 {
      put("null")
    } else {
      put(share: share)
    }
  }

  private mutating func put(json classes: UnsafeBufferPointer<UInt16>) {
    put("[")
    for position in 0..<classes.count {
      if position > 0 { put(",") }
      put(Int(classes[position]))
    }
    put("]")
  }

  private mutating func put(json program: ProgramView, _ options: InspectOptions) {
    put("{\"kind\":")
    put(json: program.kind.name)
    put(",\"cluster\":")
    if program.kind == .subgraph {
      put(program.cluster)
    } else {
      put("null")
    }
    put(key: "macs", program.multiplyAccumulates)
    put(key: "weight_bytes", UInt64(program.weights.count))
    put(key: "operation_count", UInt64(program.operationCount))
    if options.showsLayers {
      put(",\"operations\":[")
      for index in 0..<program.operationCount {
        if index > 0 { put(",") }
        put(json: program.operation(index))
      }
      put("]")
    }
    if options.showsPlan {
      put(",\"plan\":[")
      for writer in -1..<program.operationCount {
        let lifetime = Lifetime(of: writer, in: program)
        put(writer < 0 ? "{\"tensor\":" : ",{\"tensor\":")
        put(json: writer < 0 ? program.input : program.operation(writer).output)
        put(",\"first\":")
        put(lifetime.first)
        put(",\"last\":")
        put(lifetime.last)
        put("}")
      }
      put("]")
    }
    put("}")
  }

  private mutating func put(json operation: OperationView) {
    put("{\"kind\":")
    put(json: operation.kind.name)
    if let window = operation.window {
      put(",\"kernel\":[")
      put(window.kernelHeight)
      put(",")
      put(window.kernelWidth)
      put("],\"stride\":[")
      put(window.strideHeight)
      put(",")
      put(window.strideWidth)
      put("],\"pad\":[")
      put(window.padTop)
      put(",")
      put(window.padLeft)
      put("]")
    }
    put(",\"inputs\":[")
    put(json: operation.input)
    if let second = operation.secondInput {
      put(",")
      put(json: second)
    }
    put("],\"output\":")
    put(json: operation.output)
    put(key: "macs", operation.multiplyAccumulates)
    put(key: "constant_bytes", UInt64(operation.constantBytes))
    put("}")
  }

  private mutating func put(json tensor: TensorView) {
    put(tensor.element == .float32 ? "{\"element\":\"float32\"" : "{\"element\":\"uint8\"")
    put(",\"shape\":[")
    put(tensor.height)
    put(",")
    put(tensor.width)
    put(",")
    put(tensor.channels)
    put("]")
    put(key: "arena_offset", UInt64(tensor.arenaOffset))
    put(key: "bytes", UInt64(tensor.byteExtent))
    put("}")
  }
}
