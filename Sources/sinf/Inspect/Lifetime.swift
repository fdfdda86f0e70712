import SINFModel

/// From which to which operation of a program a tensor's bytes are needed. Found from the
/// operations alone; made on the fly, so that it takes no memory.
struct Lifetime {
  /// -1: written before the program begins.
  let first: Int
  /// The program's operation count: read after the program ends.
  let last: Int

  /// Of the value that operation `writer` writes; -1 for the program's input.
  init(of writer: Int, in program: ProgramView) {
    let tensor = writer < 0 ? program.input : program.operation(writer).output
    first = writer
    var last = writer
    var isOverwritten = false
    var index = writer + 1
    while index < program.operationCount, !isOverwritten {
      let operation = program.operation(index)
      let isRead =
        operation.input.shares(tensor) || operation.secondInput?.shares(tensor) ?? false
      if isRead { last = index }
      isOverwritten = operation.output.destroys(tensor)
      index += 1
    }
    if !isOverwritten, program.output.shares(tensor) { last = program.operationCount }
    self.last = last
  }
}

extension TensorView {
  /// Whether the two show some of the same channels of one tensor (views of a concatenation).
  func shares(_ other: TensorView) -> Bool {
    isBeside(other) && arenaOffset < other.arenaOffset + other.channels * other.elementBytes
      && other.arenaOffset < arenaOffset + channels * elementBytes
  }

  /// Whether writing this one leaves nothing of the other's values: they overlap and are not
  /// different channels of one tensor.
  func destroys(_ other: TensorView) -> Bool {
    guard arenaOffset < other.arenaOffset + other.byteExtent,
      other.arenaOffset < arenaOffset + byteExtent
    else { return false }
    return !isBeside(other) || shares(other)
  }

  private func isBeside(_ other: TensorView) -> Bool {
    height == other.height && width == other.width && pixelStride == other.pixelStride
      && abs(arenaOffset - other.arenaOffset) < pixelStride
  }
}
