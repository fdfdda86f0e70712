import SINFModel
import SINFRuntime

extension Output {
  /// Every program's tensors as bars over its operations: who lies where in the arena, how long.
  /// `<` was there before the program, `>` stays behind it, `#` in between.
  mutating func put(planOf model: Model) {
    put("\narena plan, ")
    put(model.arenaBytes)
    put(" bytes\n")
    let engineBytes = Engine.arenaBytes(for: model)
    if engineBytes > model.arenaBytes {
      put("behind it ")
      put(engineBytes - model.arenaBytes)
      put(" bytes for the route's class scores and alignment; ")
      put(engineBytes)
      put(" in all\n")
    }
    for index in 0..<model.programCount {
      let program = model.program(at: index)
      put("\n")
      put(titleOf: program, model)
      let step = max(1, (program.operationCount + Output.planColumns - 1) / Output.planColumns)
      put("    offset       bytes  tensor            ")
      put(program.operationCount)
      put(" operations, ")
      put(step)
      put(" a column\n")
      for writer in -1..<program.operationCount { put(barOf: writer, in: program, step) }
    }
  }

  private static let planColumns = 64

  private mutating func put(barOf writer: Int, in program: ProgramView, _ step: Int) {
    let tensor = writer < 0 ? program.input : program.operation(writer).output
    let lifetime = Lifetime(of: writer, in: program)
    put(tensor.arenaOffset, width: 10)
    put(tensor.byteExtent, width: 12)
    put("  ")
    let width = put(shape: tensor)
    put(0x20, times: 16 - width)
    put(lifetime.first < 0 ? " <" : "  ")
    for column in 0..<(program.operationCount + step - 1) / step {
      let isAlive = column >= max(lifetime.first, 0) / step && column <= lifetime.last / step
      put(isAlive ? "#" : ".")
    }
    put(lifetime.last == program.operationCount ? ">\n" : "\n")
  }
}
