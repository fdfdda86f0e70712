import ArgumentParser
import Foundation
import SINFCompiler
import SINFGraph
import SINFModel
import SINFModelWriter

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Measure a model file on labelled images.",
    discussion: """
      Runs every image through the shipped runtime: routed as on a board, with the route that the \
      label asks for (oracle), and through the whole network. With --against the float network is \
      measured on the same images. Images that served the compilation flatter; --part test takes the \
      images that a compilation with the same data and seed kept for reporting, --part published \
      those that the data set publishes as its test part. Pictures are fitted as the model file says; \
      the options below describe what the float network takes.
      """)

  @Argument(help: "A model file.")
  var model: String

  @Option(name: .long, help: ArgumentHelp("Labelled images.", valueName: "path"))
  var data: String

  @Option(help: ArgumentHelp("The float network.", valueName: "network.onnx"))
  var against: String?

  @Option(
    help: "Which images: all, published, or the fit, validation or test part of a compilation.")
  var part: Part = .all

  @Option(help: "Seed of the split into parts.")
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "Confidence that a route must reach, instead of the model's own.", valueName: "probability"))
  var threshold: Float?

  @OptionGroup(title: "What the network of --against was trained to see") var input: InputOptions

  @Option(
    help: ArgumentHelp(
      "Write a report with pictures: one page, nothing beside it.", valueName: "file.html"))
  var report: String?

  @Option(help: "How the result is printed: text or json.")
  var format: OutputFormat = .text

  @Flag(name: [.short, .long], help: "No progress on standard error.")
  var quiet = false

  enum Part: String, ExpressibleByArgument, CaseIterable {
    case all, published, fit, validation, test
  }

  func validate() throws {
    if let threshold, !(threshold >= 0 && threshold <= 1) {
      throw ValidationError("--threshold goes from 0 to 1, not \(threshold)")
    }
  }

  func run() throws {
    if let report {
      try FileOutput.check(report, inputs: [model, data] + (against.map { [$0] } ?? []))
    }
    print(try TerminalReporter.reporting(quiet: quiet, evaluate))
  }

  /// Runs the images and returns the text of the result.
  private func evaluate(_ reporter: TerminalReporter) throws -> String {
    let file = try FileInput.model(model)
    let facts = try ModelFacts(file, path: model)
    if threshold != nil && facts.clusterNames.isEmpty {
      throw UnsuitableOption("--threshold: \(model) has no clusters, so there are no routes")
    }
    if input.normalization == .auto {
      throw UnsuitableOption("--normalization auto is for check, compile and study")
    }
    let base = try against.map { try self.base($0, for: facts, reporter) }
    reporter.begin("reading \(data)")
    let images = try Dataset.load(
      data, preprocessing: facts.preprocessing,
      classes: try input.classList(outputs: facts.labels.count, labels: facts.labels)
        ?? ClassList(names: facts.labels)
    ) { done, total in reporter.advance(Double(done) / Double(max(total, 1))) }
    InputOptions.note(images, reporter)
    let indices = try indices(of: images)
    reporter.begin("running \(indices.count) images")
    let run = try ProgramError.naming(model) {
      try ModelRun.run(file, images: images, indices: indices) { reporter.advance($0) }
    }
    let float = try base.map { base in
      reporter.begin("running the float network")
      return Estimate(
        try base.accuracy(of: indices, in: images, progress: reporter.advance), of: indices.count)
    }
    let result = EvaluationText(
      facts: facts, run: run, float: float, threshold: threshold ?? facts.threshold,
      skipped: images.skipped.count,
      present: Set(run.labels).count, isPublished: indices.map(images.testPart.contains))
    let content = try ProgramError.naming(model) {
      ReportContent(
        result, bytes: file, description: try ModelDescription(file: file),
        times: try PathTimes.measure(file, images: images, indices: indices), images: images,
        indices: indices, command: CompileSession.commandLine, part: part.rawValue)
    }
    if let report {
      try FileOutput.write(Array(ReportPage(content).text.utf8), to: report)
    }
    return result.text(format, numbers: content.numbers)
  }

  /// The images of the part that is wanted.
  private func indices(of images: LabelledImages) throws -> [Int] {
    let split = DataSplit(of: images, seed: seed)
    let indices =
      switch part {
      case .all: Array(0..<images.count)
      case .published: Array(images.testPart)
      case .fit: split.fit
      case .validation: split.validation
      case .test: split.test
      }
    guard !indices.isEmpty else {
      throw Failure(data, "the part '\(part)' of its \(images.count) images is empty")
    }
    return indices
  }

  /// The float network, which must take the same images and name as many classes as the model.
  private func base(
    _ path: String, for facts: ModelFacts, _ reporter: TerminalReporter
  ) throws -> BaseNetwork {
    let base = try input.base(path, reporter: reporter)
    let taken = base.graph[base.graph.input].shape, given = facts.preprocessing
    guard
      taken
        == Shape(
          height: Int(given.height), width: Int(given.width), channels: Int(given.channels))
    else {
      throw Failure(
        path,
        "takes \(taken.height)x\(taken.width)x\(taken.channels) images, \(model) takes "
          + "\(given.height)x\(given.width)x\(given.channels)")
    }
    let classes = base.graph[base.graph.output].shape.count
    guard classes == facts.labels.count else {
      throw Failure(path, "names \(classes) classes, \(model) names \(facts.labels.count)")
    }
    return base
  }
}
