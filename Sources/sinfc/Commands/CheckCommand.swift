import ArgumentParser
import SINFCompiler

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Find out whether pictures reach a network as they did in training.",
    discussion: """
      Runs the float network on some hundred labelled images with every preset of normalisation and \
      both orders of colours, and crops and fits pictures in other ways. Ends with 4 if something \
      else does clearly better than the options given, if nothing does better than guessing, or if \
      the outputs stand for other classes than they are named for. compile begins with the same \
      look. The figure behind ± is one standard error; DATA is what compile takes.
      """)

  @Argument(help: "The trained network: ONNX.")
  var network: String

  @Option(name: .long, help: ArgumentHelp("Labelled images.", valueName: "path"))
  var data: String

  @OptionGroup(title: "What the network was trained to see") var input: InputOptions

  @Option(help: "Seed of the choice of images.")
  var seed: UInt64 = 1

  @Option(help: "How the result is printed: text or json.")
  var format: OutputFormat = .text

  @Flag(name: [.short, .long], help: "No progress on standard error.")
  var quiet = false

  func run() throws {
    let result = try TerminalReporter.reporting(quiet: quiet) { reporter in
      let base = try input.base(network, reporter: reporter)
      let images = try input.images(data, for: base, reporter: reporter)
      return try ProgramError.naming(network) {
        try input.preflight(
          base, images, data: data, split: DataSplit(of: images, seed: seed), seed: seed,
          reporter: reporter)
      }
    }
    print(format == .json ? json(result) : table(result))
    if let problem = UnlikelyInput(network, result) { throw problem }
  }

  private func table(_ result: PreflightResult) -> String {
    var table = TextTable()
    table.add("", "accuracy", "images")
    for trial in ordered(result) {
      table.add(trial.presentation.options, trial.accuracy.percent, "\(trial.count)")
    }
    let verdict = UnlikelyInput(network, result) == nil ? "\n" + result.text : ""
    return table.text + verdict
  }

  private func json(_ result: PreflightResult) -> String {
    func object(_ trial: Trial) -> [String: Any] {
      [
        "options": trial.presentation.options, "accuracy": trial.accuracy.value,
        "standard_error": trial.accuracy.error, "images": trial.count,
      ]
    }
    return ResultText.json([
      "verdict": result.verdict.rawValue, "text": result.text, "change": result.change,
      "chance": result.chance, "gain": result.gain.value, "gain_standard_error": result.gain.error,
      "given": object(result.reference), "best": object(result.choice),
      "tried": ordered(result).map(object),
    ])
  }

  /// Tried on all images first, the best first.
  private func ordered(_ result: PreflightResult) -> [Trial] {
    [result.tried, result.screened].flatMap { trials in
      trials.sorted { $0.accuracy.value > $1.accuracy.value }
    }
  }
}
