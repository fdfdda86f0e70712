import SINFModel

extension Output {
  /// A table of every program's operations.
  mutating func put(layersOf model: Model) {
    for index in 0..<model.programCount {
      let program = model.program(at: index)
      put("\n")
      put(titleOf: program, model)
      put("   #  operation     window           input            output               MACs")
      put("   constants  arena in         out\n")
      for index in 0..<program.operationCount { put(program.operation(index), index) }
    }
  }

  mutating func put(titleOf program: ProgramView, _ model: Model) {
    put(program.kind.name)
    if program.kind == .subgraph {
      put(" ")
      put(program.cluster)
      put(", ")
      put(printable: model.clusterName(program.cluster))
    }
    put("\n")
  }

  private mutating func put(_ operation: OperationView, _ index: Int) {
    put(index, width: 4)
    put("  ")
    put(operation.kind.name)
    put(0x20, times: 14 - operation.kind.name.bytes.count)
    var width = 0
    if let window = operation.window { width = put(window) }
    put(0x20, times: 17 - width)
    width = put(shape: operation.input)
    put(0x20, times: 17 - width)
    width = put(shape: operation.output)
    put(0x20, times: 14 - width)
    put(operations: operation.multiplyAccumulates, width: 11)
    put(bytes: operation.constantBytes, width: 12)
    put(operation.input.arenaOffset, width: 10)
    if let second = operation.secondInput {
      put(" + ")
      put(second.arenaOffset)
    }
    put(operation.output.arenaOffset, width: 12)
    put("\n")
  }

  /// "3x3/2 pad 1,1"; returns the columns taken.
  private mutating func put(_ window: WindowView) -> Int {
    var width = put(counted: window.kernelHeight) + put(counted: "x")
    width += put(counted: window.kernelWidth) + put(counted: "/")
    width += put(counted: window.strideHeight)
    if window.strideWidth != window.strideHeight {
      width += put(counted: "x") + put(counted: window.strideWidth)
    }
    if window.padTop > 0 || window.padLeft > 0 {
      width += put(counted: " pad ") + put(counted: window.padTop)
      width += put(counted: ",") + put(counted: window.padLeft)
    }
    return width
  }

  /// "32x32x64", with " f32" behind what is not bytes; returns the columns taken.
  mutating func put(shape tensor: TensorView) -> Int {
    var width = put(counted: tensor.height) + put(counted: "x")
    width += put(counted: tensor.width) + put(counted: "x")
    width += put(counted: tensor.channels)
    return tensor.element == .float32 ? width + put(counted: " f32") : width
  }

  private mutating func put(counted value: Int) -> Int {
    put(value)
    return digitCount(UInt64(value.magnitude))
  }

  private mutating func put(counted text: StaticString) -> Int {
    put(text)
    return text.utf8CodeUnitCount
  }
}
