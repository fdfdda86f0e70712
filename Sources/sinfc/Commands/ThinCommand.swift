import ArgumentParser
import SINFCompiler

struct ThinCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "thin", abstract: "Write a thinned network as ONNX, to be tuned by training.",
    discussion: """
      Leaves filters out of all layers until those before the split cost --cost-share of their \
      multiply-accumulates and those behind it --tail-share, and makes up for them by least squares. DIR/thin.onnx is an ordinary \
      classifier; beside it lie the original network and the images that may be learnt from. \
      tools/tune/tune.py trains it and the route predictor from the original's answers, 'sinfc \
      compile --tuned DIR' takes both back.
      """)

  @Argument(help: "The trained network: ONNX.")
  var network: String

  @Option(name: .long, help: ArgumentHelp("Labelled images.", valueName: "path"))
  var data: String

  @Option(name: [.short, .long], help: ArgumentHelp("Folder to write into.", valueName: "dir"))
  var output: String

  @OptionGroup(title: "What the network was trained to see") var input: InputOptions
  @OptionGroup var preflight: PreflightOptions
  @OptionGroup(title: "Semantic inference") var method: MethodOptions

  @Option(
    help: ArgumentHelp(
      "Share of the multiply-accumulates behind the split that stay (default: twice --cost-share, "
        + "which is that of the layers before it, 0.25 by default).", valueName: "share"))
  var tailShare: Double?

  @Flag(help: "Don't mirror pictures in training: for classes that differ by left and right.")
  var keepSides = false

  @Flag(name: [.short, .long], help: "No progress on standard error.")
  var quiet = false

  func validate() throws {
    if let tailShare, !(tailShare > 0 && tailShare <= 1) {
      throw ValidationError("--tail-share is above 0 and at most 1, not \(tailShare)")
    }
  }

  func run() throws {
    print(try TerminalReporter.reporting(quiet: quiet, thin))
  }

  private func thin(_ reporter: TerminalReporter) throws -> String {
    let session = try CompileSession(
      network: network, data: data, input: input, method: method, preflight: preflight,
      reporter: reporter)
    let thin = try session.naming {
      try session.compilation.thinned(
        head: method.costShare ?? 0.25, tail: tailShare ?? min(1, 2 * (method.costShare ?? 0.25)))
    }
    try session.naming {
      try TuneFolder(path: output).write(thin, of: session.compilation, mirrors: !keepSides)
    }
    return
      "wrote \(output)/thin.onnx: \(ResultText.percent(thin.costShare)) of the multiply-accumulates, "
      + "split at \(thin.graph[thin.split].name); next: tools/tune/tune.py \(output)"
  }
}
