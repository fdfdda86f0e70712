import ArgumentParser
import Foundation
import SINFCompiler
import SINFModel

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Measure a model file on labelled images.",
    discussion: """
      Runs every image through the shipped runtime: routed as on a board, with the route that the \
      label asks for (oracle), and through the whole network. With --against the float network is \
      measured on the same images. Images that served the compilation flatter; --part test takes the \
      images that a compilation with the same data and seed kept for reporting, --part published \
      those that the data set publishes as its test part.
      """)

  @Argument(help: "A model file.")
  var model: String

  @Option(name: .long, help: ArgumentHelp("Labelled images.", valueName: "path"))
  var data: String

  @Option(help: ArgumentHelp("The float network.", valueName: "network.onnx"))
  var against: String?

  @Option(help: "Which images: all, published, or the fit, validation or test part of a compilation.")
  var part: Part = .all

  @Option(help: "Seed of the split into parts.")
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "Confidence that a route must reach, instead of the model's own.", valueName: "probability"))
  var threshold: Float?

  @OptionGroup(title: "What the network was trained to see") var input: InputOptions

  @Option(help: "How the result is printed: text or json.")
  var format: OutputFormat = .text

  @Flag(name: [.short, .long], help: "No progress on standard error.")
  var quiet = false

  enum Part: String, ExpressibleByArgument, CaseIterable { case all, published, fit, validation, test }

  func run() throws {
    let reporter = TerminalReporter(quiet: quiet)
    let file = try Array(readingModel(model))
    let facts = try ModelFacts(file, path: model)
    reporter.begin("reading \(data)")
    let images = try Dataset.load(
      data, preprocessing: facts.preprocessing, classes: try input.classNames() ?? facts.labels
    ) { done, total in reporter.advance(Double(done) / Double(max(total, 1))) }
    let split = DataSplit(of: images, seed: seed)
    let indices =
      switch part {
      case .all: Array(0..<images.count)
      case .published: Array(images.testPart)
      case .fit: split.fit
      case .validation: split.validation
      case .test: split.test
      }
    guard !indices.isEmpty else { throw ValidationError("\(data): the part '\(part)' is empty") }
    reporter.begin("running \(indices.count) images")
    let run = try ModelRun.run(file, images: images, indices: indices) { reporter.advance($0) }
    var float: Double?
    if let against {
      let base = try input.base(against, reporter: reporter)
      reporter.begin("running the float network")
      float = try base.accuracy(of: indices, in: images, progress: reporter.advance)
    }
    reporter.finish()
    print(
      EvaluationText(
        facts: facts, run: run, float: float, threshold: threshold ?? facts.threshold,
        skipped: images.skipped.count
      ).text(format))
  }
}

/// A model file's bytes, or an error that names it.
func readingModel(_ path: String) throws -> Data {
  do { return try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
    throw ValidationError("\(path): can't be read: \(error.localizedDescription)")
  }
}
