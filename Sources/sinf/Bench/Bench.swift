import CSystem
import SINFModel
import SINFRuntime

/// `sinf bench`: how fast a model runs on this machine, and in how much memory.
enum Bench {
  /// The exit status.
  static func run(_ arguments: Arguments) -> Int32 {
    var options = BenchOptions()
    do throws(StartError) {
      // All words are read once before anything is done: an option may stand behind its pictures.
      var words = arguments
      var operands = 0
      do throws(UsageError) {
        while let operand = try options.nextOperand(&words) {
          // A stream can't be read again.
          if bytes(of: operand) == "-" { throw .unwantedOperand(operand) }
          operands += 1
        }
        try options.classify.checkSandbox()
      } catch {
        throw .usage(error)
      }
      if options.classify.asksHelp { return show(.bench) }
      if options.baseline != nil, options.classify.format == .json { throw .usage(.compareIsText) }
      // A variable that is set to nothing counts as not set.
      let variable = environment("SINF_MODEL").flatMap { $0[0] == 0 ? nil : $0 }
      guard let model = options.classify.model ?? variable else { throw .usage(.noModel) }
      options.classify.model = model
      return try measure(options, model, arguments, hasOperands: operands > 0)
    } catch {
      return refuse(error, model: options.classify.model, command: "bench")
    }
  }

  private static func measure(
    _ options: BenchOptions, _ model: UnsafePointer<CChar>, _ arguments: Arguments,
    hasOperands: Bool
  ) throws(StartError) -> Int32 {
    // Before anything is measured: what is wrong with it shows at once.
    let old: BaselineFile?
    if let path = options.baseline { old = try BaselineFile(path: path) } else { old = nil }
    // Before the threads start, so that they are counted.
    var counters = csys_counters()
    csys_counters_open(&counters)
    var runner = try BenchRunner(options, model, arguments, hasOperands: hasOperands)
    runner.measure(counters)
    let failed = runner.result.failedCount
    guard runner.result.inputCount > 0 else {
      if failed > 0 { return ExitStatus.failure }
      throw .usage(.missingOperand("a picture"))
    }
    var report = BenchReport(options, model, runner)
    if options.classify.format == .json {
      report.putJSON()
    } else {
      report.putText()
      if let old { report.put(comparedWith: old.baseline, of: old.path) }
    }
    let status = finish(&report.output)
    return failed > 0 ? ExitStatus.failure : status
  }
}
