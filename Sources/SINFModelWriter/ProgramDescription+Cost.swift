import SINFModel

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
