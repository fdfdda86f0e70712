import SINFModel

/// Goes through everything that a validated model hands out, as a program that runs it would, and
/// returns the first thing that points outside the file or the arena; nil when all is safe.
func firstUnsafe(in model: Model, file: UnsafeRawBufferPointer) -> String? {
  func isInside<Element>(_ array: UnsafeBufferPointer<Element>) -> Bool {
    guard array.count > 0 else { return true }
    guard let start = array.baseAddress else { return false }
    let offset = UnsafeRawPointer(start) - file.baseAddress!
    return offset >= 0 && offset + array.count * MemoryLayout<Element>.stride <= file.count
      && offset % MemoryLayout<Element>.alignment == 0
  }
  func isInside(_ tensor: TensorView, filling: Bool) -> Bool {
    let contents = tensor.channels * tensor.elementBytes
    let end =
      tensor.arenaOffset + (tensor.height * tensor.width - 1) * tensor.pixelStride
      + (filling ? tensor.pixelBytes : contents)
    return tensor.channels > 0 && tensor.arenaOffset >= 0 && end <= model.arenaBytes
      && tensor.pixelStride >= tensor.pixelBytes
  }
  for index in 0..<model.classCount where !isInside(model.label(index)) {
    return "label \(index)"
  }
  for index in 0..<model.clusterCount {
    let members = model.clusterMembers(index)
    let rows = model.clusterRows(index)
    guard isInside(model.clusterName(index)), isInside(members), isInside(rows),
      members.allSatisfy({ $0 < model.classCount }), rows.allSatisfy({ $0 < model.classCount }),
      model.program(.subgraph, cluster: index)?.output.channels == rows.count
    else { return "cluster \(index)" }
  }
  for index in 0..<model.tensorCount where !isInside(model.tensor(index), filling: false) {
    return "tensor \(index)"
  }
  let metadata = model.metadata
  guard isInside(metadata.compilerVersion), isInside(metadata.networkName),
    isInside(metadata.inputDigest)
  else { return "metadata" }
  for index in 0..<model.programCount {
    let program = model.program(at: index)
    let weights = program.weights
    guard isInside(weights.bindMemory(to: UInt8.self)) else { return "weights \(index)" }
    for number in 0..<program.operationCount {
      let operation = program.operation(number)
      let place = "program \(index), operation \(number)"
      guard isInside(operation.output, filling: operation.kind != .copy) else { return place }
      switch operation.function {
      case .convolution(let convolution), .depthwise(let convolution):
        let window = convolution.window
        let groups =
          operation.kind == .convolution
          ? Packing.tapGroups(
            kernelHeight: window.kernelHeight, kernelWidth: window.kernelWidth,
            inputChannels: operation.input.channels) * 4
          : window.kernelHeight * window.kernelWidth
        let arrays =
          isInside(convolution.weights) && isInside(convolution.bias)
          && isInside(convolution.weightSums) && isInside(convolution.multipliers)
          && isInside(convolution.padValues)
        guard arrays, convolution.multipliers.allSatisfy(\.isFinite),
          convolution.packedChannels >= operation.output.channels,
          convolution.weights.count == groups * convolution.packedChannels
        else { return place }
      case .lookup(let lookup):
        guard isInside(lookup.table), lookup.table.count == 256 else { return place }
      case .maxPool, .averagePool, .add, .multiply, .copy: break
      }
    }
  }
  return nil
}

extension OperationView {
  /// What a convolution of either kind holds.
  var convolution: ConvolutionView? {
    switch function {
    case .convolution(let convolution), .depthwise(let convolution): convolution
    default: nil
    }
  }
}
