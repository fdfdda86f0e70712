import SINFModel
import SINFRuntime

extension BenchReport {
  /// A table of the operations that ran.
  mutating func putLayers() {
    var all: UInt64 = 0
    for index in 0..<model.operationCount { all &+= operationTimes[index].totalNanoseconds }
    for index in 0..<model.programCount {
      let program = model.program(at: index)
      guard operationTimes[program.firstOperation].runs > 0 else { continue }
      output.put("\n")
      output.put(titleOf: program, model)
      output.put("   #  operation     window    output                 MACs  mean us   min us")
      output.put("    share    MAC/s   peak\n")
      for index in 0..<program.operationCount {
        put(program.operation(index), index, operationTimes[program.firstOperation + index], all)
      }
    }
  }

  private mutating func put(
    _ operation: OperationView, _ index: Int, _ times: OperationTimes, _ all: UInt64
  ) {
    output.put(index, width: 4)
    output.put("  ")
    output.put(operation.kind.name)
    output.put(0x20, times: 14 - operation.kind.name.utf8CodeUnitCount)
    var width = 0
    if let window = operation.window { width = output.put(briefly: window) }
    output.put(0x20, times: 10 - width)
    width = output.put(shape: operation.output)
    output.put(0x20, times: 16 - width)
    output.put(operations: operation.multiplyAccumulates, width: 11)
    output.put((times.meanNanoseconds + 50) / 100, decimals: 1, width: 9)
    output.put((times.leastNanoseconds + 50) / 100, decimals: 1, width: 9)
    if let share = millionths(times.totalNanoseconds, of: all) {
      output.put((share + 500) / 1000, decimals: 1, width: 7)
      output.put(" %")
    }
    // Of the quickest run: what interrupts the others says nothing about the kernel.
    if operation.multiplyAccumulates > 0, times.leastNanoseconds > 0 {
      let rate = UInt64(
        Double(operation.multiplyAccumulates) * 1e9 / Double(times.leastNanoseconds))
      output.put((rate + 50_000_000) / 100_000_000, decimals: 1, width: 7)
      output.put(" G")
      if let share = peakShare(macsPerSecond: rate) {
        output.put((share + 5000) / 10_000, decimals: 0, width: 5)
        output.put(" %")
      }
    }
    output.put("\n")
  }
}

extension Output {
  /// "3x3/2"; returns the columns taken.
  fileprivate mutating func put(briefly window: WindowView) -> Int {
    put(window.kernelHeight)
    put("x")
    put(window.kernelWidth)
    put("/")
    put(window.strideHeight)
    return digitCount(UInt64(window.kernelHeight)) + digitCount(UInt64(window.kernelWidth))
      + digitCount(UInt64(window.strideHeight)) + 2
  }
}
