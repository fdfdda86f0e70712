import SINFModel

extension OperationDescription {
  /// Multiply-accumulates for one image, borders counted in full: of convolutions, 0 for others.
  /// `tensors` is the plan's list.
  public func multiplyAccumulates(_ tensors: [TensorDescription]) -> Int {
    func outputs(_ index: Int) -> Int {
      tensors[index].height * tensors[index].width * tensors[index].channels
    }
    switch self {
    case .convolution(let convolution, let input, let output):
      return outputs(output) * convolution.window.kernelHeight * convolution.window.kernelWidth
        * tensors[input].channels
    case .depthwise(let convolution, _, let output):
      return outputs(output) * convolution.window.kernelHeight * convolution.window.kernelWidth
    case .maxPool, .averagePool, .add, .copy, .lookup:
      return 0
    }
  }
}

extension ProgramDescription {
  /// A program whose multiply-accumulates are counted from its operations; the reader checks them.
  public init(
    kind: ProgramKind, cluster: Int = 0, input: Int, output: Int,
    operations: [OperationDescription], tensors: [TensorDescription]
  ) {
    self.init(
      kind: kind, cluster: cluster, input: input, output: output, operations: operations,
      multiplyAccumulates: operations.reduce(0) { $0 + $1.multiplyAccumulates(tensors) })
  }
}
