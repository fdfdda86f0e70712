/// Tensors by their indices in the file, for whoever takes a file apart; views hold them resolved.
extension Model {
  /// The tensors of program `index`, 0 ..< programCount, in file order.
  public func tensorIndices(ofProgram index: Int) -> (input: Int, output: Int) {
    precondition(index >= 0 && index < programCount)
    typealias Field = Layout.Program
    let at = sections.programs + index * Field.stride
    return (file.short(at + Field.input), file.short(at + Field.output))
  }

  /// The tensors of operation `index`, 0 ..< operationCount, counted over all programs
  /// (`ProgramView.firstOperation`). `second` is `Layout.noTensor` where the kind has one input.
  public func tensorIndices(ofOperation index: Int) -> (input: Int, second: Int, output: Int) {
    precondition(index >= 0 && index < operationCount)
    typealias Field = Layout.Operation
    let at = sections.operations + index * Field.stride
    return (
      file.short(at + Field.input), file.short(at + Field.secondInput),
      file.short(at + Field.output)
    )
  }
}
