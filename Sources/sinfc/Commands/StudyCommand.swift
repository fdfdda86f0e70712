import ArgumentParser
import Foundation
import SINFCompiler

struct StudyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study",
    abstract: "Measure what clusters, scores and compensation are worth on a network.",
    discussion: """
      Writes a Markdown table of accuracy against cost over several configurations, and one of DCS \
      against other filter scores with an oracle route, with and without compensation. Everything is \
      reported on the test part, which nothing else looks at.
      """)

  @Argument(help: "The trained network: ONNX, operator sets 7 to 28.")
  var network: String

  @Option(name: .long, help: ArgumentHelp("Labelled images.", valueName: "path"))
  var data: String

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Where to write the tables; standard output if absent.", valueName: "file.md"))
  var output: String?

  @Option(
    help: ArgumentHelp("What the report names as the source's version.", valueName: "commit"))
  var commit = "not given"

  @Option(help: "What to measure: all, tradeoff or scores.")
  var part: Part = .all

  @Option(help: "Seeds of the comparison of scores.")
  var seeds = 3

  @OptionGroup(title: "What the network was trained to see") var input: InputOptions
  @OptionGroup var preflight: PreflightOptions
  @OptionGroup(title: "Semantic inference") var method: MethodOptions

  @Flag(name: [.short, .long], help: "No progress on standard error.")
  var quiet = false

  enum Part: String, ExpressibleByArgument, CaseIterable { case all, tradeoff, scores }

  func validate() throws {
    guard seeds >= 1 && seeds <= 100 else {
      throw ValidationError("--seeds goes from 1 to 100, not \(seeds)")
    }
  }

  func run() throws {
    if let output { try FileOutput.check(output, inputs: [network, data]) }
    let markdown = try TerminalReporter.reporting(quiet: quiet, measure)
    if output == nil { print(markdown, terminator: "") }
  }

  /// Measures, writes the tables if a file is wanted, and returns them.
  private func measure(_ reporter: TerminalReporter) throws -> String {
    let session = try CompileSession(
      network: network, data: data, input: input, method: method, preflight: preflight,
      reporter: reporter)
    let report = try session.naming { try self.report(session, reporter) }
    if let output { try FileOutput.write(Array(report.markdown.utf8), to: output) }
    return report.markdown
  }

  private func report(
    _ session: CompileSession, _ reporter: TerminalReporter
  ) throws -> StudyReport {
    let compilation = session.compilation
    var report = StudyReport(
      compilation: compilation, command: session.command, commit: commit)
    let plan = try compilation.plan()
    report.plan = plan
    if part != .scores {
      let base = try compilation.compileBase()
      report.base = base
      let curves = try compilation.sensitivity()
      let study = TradeoffStudy(compilation, base: base)
      for configuration in TradeoffStudy.standard(for: compilation.images) {
        reporter.note("configuration: \(configuration.name), \(configuration.share)")
        report.tradeoff += try study.rows(
          of: configuration, plan: plan, curves: curves)
      }
    }
    if part != .tradeoff { try compareScores(compilation, plan, &report, reporter) }
    return report
  }

  private func compareScores(
    _ compilation: Compilation, _ plan: RoutePlan, _ report: inout StudyReport,
    _ reporter: TerminalReporter
  ) throws {
    let shares = [(first: 0.05, last: 0.3), (0.1, 0.5), (0.3, 0.6)]
    let seeds = (0..<UInt64(self.seeds)).map { method.seed + $0 }
    reporter.begin("comparing scores")
    let clustered = ScoreStudy(
      compilation, split: plan.chosen.value, clusters: plan.chosen.clusters)
    report.withinClusterBase = try clustered.baseAccuracy()
    report.scores = try clustered.rows(
      ScoreStudy.Configuration.all(scores: FilterScore.allCases, shares: shares), seeds: seeds,
      progress: reporter.advance)
    reporter.begin("comparing scores without clusters")
    let whole = ScoreStudy(
      compilation, split: plan.chosen.value, clusters: ScoreStudy.everything(compilation.images),
      imagesPerCluster: 3_000)
    report.wholeBase = try whole.baseAccuracy()
    report.pruning = try whole.rows(
      ScoreStudy.Configuration.all(scores: [.dcs, .tvsprune, .random], shares: shares),
      seeds: seeds, progress: reporter.advance)
  }
}
