import SINFModel
import SINFRuntime

extension Output {
  /// One object on one line (docs/output.md).
  mutating func put(
    json model: Model, _ path: UnsafePointer<CChar>, _ signature: FoundSignature,
    _ options: InspectOptions
  ) {
    let metadata = model.metadata
    beginObject()
    member("file", bytes(of: path))
    member("bytes", model.fileBytes)
    key("format_version")
    beginText()
    put(model.majorVersion)
    put(".")
    put(model.minorVersion)
    endText()
    member("network", metadata.networkName)
    member("compiler", metadata.compilerVersion)
    member("seed", metadata.seed)
    key("input_digest")
    beginText()
    for byte in metadata.inputDigest { put(hexadecimal: byte) }
    endText()
    putMembers(model.preprocessing)
    member("arena_bytes", model.arenaBytes)
    member("tensors", model.tensorCount)
    putRoute(model)
    putMembers(metadata)
    key("labels")
    beginArray()
    for index in 0..<model.classCount { value(model.label(index)) }
    endArray()
    key("clusters")
    beginArray()
    for index in 0..<model.clusterCount {
      beginObject()
      member("name", model.clusterName(index))
      member("members", model.clusterMembers(index))
      member("rows", model.clusterRows(index))
      endObject()
    }
    endArray()
    key("programs")
    beginArray()
    for index in 0..<model.programCount { put(model.program(at: index), options) }
    endArray()
    key("sections")
    beginArray()
    for index in 0..<model.sectionCount {
      let section = model.section(at: index)
      beginObject()
      member("kind", section.kind.name)
      member("index", section.index)
      member("offset", section.offset)
      member("bytes", section.byteCount)
      member("crc32", UInt64(section.checksum))
      endObject()
    }
    endArray()
    member("engine_bytes", Engine.arenaBytes(for: model))
    key("minimum_share")
    value(share: model.minimumShare)
    member(signature)
    endObject()
    endDocument()
  }

  private mutating func putRoute(_ model: Model) {
    key("route")
    guard model.isRouted else { return null() }
    beginObject()
    key("threshold")
    value(positive: model.routeThreshold)
    key("inverse_temperature")
    value(positive: model.routeInverseTemperature)
    member("fallback", model.hasWhole)
    key("score_weight")
    value(positive: model.routeScoreWeight)
    key("stop_margin")
    value(positive: model.stopMargin)
    member("worst_macs", model.worstCost)
    endObject()
  }

  private mutating func putMembers(_ preprocessing: Preprocessing) {
    key("preprocessing")
    beginObject()
    member("width", Int(preprocessing.width))
    member("height", Int(preprocessing.height))
    member("channels", Int(preprocessing.channels))
    member("color_order", preprocessing.colorOrder.name)
    member("fit", preprocessing.fit.name)
    member("crop_permille", Int(preprocessing.cropPermille))
    key("background")
    beginArray()
    value(Int(preprocessing.background.red))
    value(Int(preprocessing.background.green))
    value(Int(preprocessing.background.blue))
    endArray()
    endObject()
  }

  private mutating func putMembers(_ metadata: MetadataView) {
    key("measured")
    beginObject()
    member("test_images", UInt64(metadata.testImages))
    member("base_float_accuracy", share: metadata.baseFloatAccuracy)
    member("base_accuracy", share: metadata.baseAccuracy)
    member("routed_accuracy", share: metadata.routedAccuracy)
    member("route_accuracy", share: metadata.routeAccuracy)
    member("fallback_share", share: metadata.fallbackShare)
    member("base_macs", metadata.baseMultiplyAccumulates)
    member("routed_macs", metadata.routedMultiplyAccumulates)
    endObject()
  }

  /// null when it was not measured.
  private mutating func member(_ name: StaticString, share: Float) {
    key(name)
    value(share: share < 0 ? nil : share)
  }

  private mutating func member(_ name: StaticString, _ classes: UnsafeBufferPointer<UInt16>) {
    key(name)
    beginArray()
    for index in classes { value(Int(index)) }
    endArray()
  }

  private mutating func put(_ program: ProgramView, _ options: InspectOptions) {
    beginObject()
    member("kind", program.kind.name)
    member("cluster", program.kind == .subgraph ? UInt64(program.cluster) : nil)
    member("macs", program.multiplyAccumulates)
    member("weight_bytes", program.weights.count)
    member("operation_count", program.operationCount)
    if options.showsLayers {
      key("operations")
      beginArray()
      for index in 0..<program.operationCount { put(program.operation(index)) }
      endArray()
    }
    if options.showsPlan {
      key("plan")
      beginArray()
      for writer in -1..<program.operationCount {
        let lifetime = Lifetime(of: writer, in: program)
        beginObject()
        key("tensor")
        put(writer < 0 ? program.input : program.operation(writer).output)
        member("first", lifetime.first)
        member("last", lifetime.last)
        endObject()
      }
      endArray()
    }
    endObject()
  }

  private mutating func put(_ operation: OperationView) {
    beginObject()
    member("kind", operation.kind.name)
    if let window = operation.window {
      member("kernel", window.kernelHeight, window.kernelWidth)
      member("stride", window.strideHeight, window.strideWidth)
      member("pad", window.padTop, window.padLeft)
    }
    key("inputs")
    beginArray()
    put(operation.input)
    if let second = operation.secondInput { put(second) }
    endArray()
    key("output")
    put(operation.output)
    member("macs", operation.multiplyAccumulates)
    member("constant_bytes", operation.constantBytes)
    endObject()
  }

  private mutating func put(_ tensor: TensorView) {
    beginObject()
    member("element", tensor.element == .float32 ? "float32" : "uint8")
    member("shape", shape: tensor)
    member("arena_offset", tensor.arenaOffset)
    member("bytes", tensor.byteExtent)
    endObject()
  }

  /// Height, width and channels.
  mutating func member(_ name: StaticString, shape tensor: TensorView) {
    key(name)
    beginArray()
    value(tensor.height)
    value(tensor.width)
    value(tensor.channels)
    endArray()
  }

  /// Two numbers, the vertical one first.
  mutating func member(_ name: StaticString, _ vertical: Int, _ horizontal: Int) {
    key(name)
    beginArray()
    value(vertical)
    value(horizontal)
    endArray()
  }
}
