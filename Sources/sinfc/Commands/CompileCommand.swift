import ArgumentParser
import Foundation
import SINFCompiler

struct CompileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compile", abstract: "Compile an ONNX network and labelled images.",
    discussion: """
      Writes a model file for sinf: common layers, route predictor, one thinned subgraph a semantic \
      cluster, and the whole network as the fallback, all in 8-bit integers. Without other wishes the \
      model is the cheapest that loses at most three points of accuracy on validation images. The \
      figures that are printed come from test images, run by the shipped runtime; no step of the \
      compilation saw them.

      First it looks whether pictures reach the network as they did in training, as check does, and \
      ends with 4 if not.

      DATA is a folder of class folders with JPEG and PNG files, CIFAR-10 or CIFAR-100 in binary form \
      (folder or archive), or IDX files as Fashion-MNIST has them. Class folders may lie in folders \
      named train and test, val or validation: then train fits and the others choose and report. \
      Images may show some of the network's classes only: see --classes, --keep-classes and --plain.
      """)

  @Argument(help: "The trained network: ONNX, operator sets 7 to 28.")
  var network: String

  @Option(name: .long, help: ArgumentHelp("Labelled images.", valueName: "path"))
  var data: String?

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Where to write the model.", valueName: "model.sinf"))
  var output: String

  @OptionGroup(title: "What the network was trained to see") var input: InputOptions
  @OptionGroup(title: "Which images") var images: DataOptions
  @OptionGroup var preflight: PreflightOptions
  @OptionGroup(title: "Semantic inference") var method: MethodOptions

  @Option(
    help: ArgumentHelp(
      "How often the labels that the model gives are to be right, such as 0.95 or 95%: chooses on "
        + "validation images the smallest top share from which they are, and stores it as the "
        + "model's default for 'sinf classify --min-share'.", valueName: "share"))
  var minPrecision: ShareArgument?

  @Flag(help: "No clusters: just the whole network in 8-bit integers.")
  var plain = false

  @Option(
    help: ArgumentHelp(
      "Write a report with pictures: one page, nothing beside it.", valueName: "file.html"))
  var report: String?

  @Option(help: "How the result is printed on standard output: text or json.")
  var format: OutputFormat = .text

  @Flag(name: [.short, .long], help: "No progress on standard error.")
  var quiet = false

  func validate() throws {
    if report != nil && data == nil {
      throw ValidationError("--report needs labelled images: give --data")
    }
    try images.validate(plain: plain, data: data, precision: minPrecision != nil)
    if let minPrecision, !(minPrecision.value > 0 && minPrecision.value < 1) {
      throw ValidationError(
        "--min-precision is above 0 and below 1, not \(minPrecision.value): nothing is always right"
      )
    }
    if let report, report == output {
      throw ValidationError("--output and --report name the same file")
    }
  }

  func run() throws {
    for path in [output] + (report.map { [$0] } ?? []) {
      try FileOutput.check(path, inputs: [network] + [data, images.calibration].compactMap { $0 })
    }
    print(try TerminalReporter.reporting(quiet: quiet, compile))
  }

  /// Compiles, writes the files and returns the text of the result.
  private func compile(_ reporter: TerminalReporter) throws -> String {
    guard let data else { return try calibrate(reporter) }
    let wishes = CompileSession.Wishes(
      plain: plain, minimumPrecision: minPrecision?.value, keepsClasses: images.keepClasses,
      calibration: images.calibration)
    let session = try CompileSession(
      network: network, data: data, input: input, method: method, preflight: preflight,
      wishes: wishes, reporter: reporter)
    let compilation = session.compilation
    if plain {
      let base = try session.naming { try compilation.plain() }
      try FileOutput.write(base.file, to: output)
      let content = ReportContent(
        base, compilation: compilation, command: session.command, output: output)
      try write(content)
      return ResultText.plain(base, content, file: output, compilation: compilation, format)
    }
    let (base, model) = try session.naming { try compilation.run() }
    try FileOutput.write(model.file, to: output)
    let content = ReportContent(
      model, base: base, compilation: compilation, command: session.command, output: output)
    try write(content)
    return ResultText.routed(
      model, base: base, content, file: output, compilation: compilation, format)
  }

  private func write(_ content: ReportContent) throws {
    guard let report else { return }
    try FileOutput.write(Array(ReportPage(content).text.utf8), to: report)
  }

  /// Compiles a plain model of pictures without labels.
  private func calibrate(_ reporter: TerminalReporter) throws -> String {
    let session = try CompileSession(
      network: network, calibration: images.calibration!, input: input, method: method,
      reporter: reporter)
    let model = try session.naming { try session.compilation.calibrated() }
    try FileOutput.write(model.file, to: output)
    return ResultText.calibrated(
      model, file: output, compilation: session.compilation, format)
  }
}

enum OutputFormat: String, ExpressibleByArgument, CaseIterable { case text, json }
