import ArgumentParser
import Foundation
import SINFCompiler
import SINFModel
import SINFModelWriter

struct ExtractCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extract", abstract: "Write a model file with one cluster and nothing else.",
    discussion: """
      For a camera that looks at one cluster's classes only. The new file has the common layers, the \
      cluster's subgraph and, where its scores are added to the answer, those rows of the route \
      predictor; each class has the score that 'sinf classify --route NAME' gives it with the whole \
      file. No weight changes and no image is needed. 'sinf inspect' lists a model's clusters.
      """)

  @Argument(help: "A model file with clusters.")
  var model: String

  @Option(help: ArgumentHelp("Which cluster: its name, or its number from 0.", valueName: "name"))
  var cluster: String

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Where to write the new model.", valueName: "model.sinf"))
  var output: String

  @Flag(
    help: ArgumentHelp(
      "Keep classes of other clusters that images are often misrouted from as well, as --route NAME "
        + "does. Without it only the cluster's own classes can be answered."))
  var visitors = false

  @Option(help: "How the result is printed: text or json.")
  var format: OutputFormat = .text

  func run() throws {
    try FileOutput.check(output, inputs: [model])
    let source = try FileInput.model(model)
    let whole = try describe(source)
    let index = try self.index(in: whole.clusters)
    var own: ModelDescription
    do {
      own = try whole.extracting(cluster: index, keepsVisitors: visitors)
    } catch {
      throw Failure(model, "\(error)")
    }
    own.metadata.compilerVersion = "sinfc \(sinfcVersion)"
    own.metadata.inputDigest = digest(source, cluster: index)
    let bytes = try ProgramError.naming(model) { try ModelWriter.bytes(for: own) }
    try FileOutput.write(bytes, to: output)
    print(text(own, name: whole.clusters[index].name, bytes: bytes.count, of: source.count))
  }

  private func describe(_ bytes: [UInt8]) throws -> ModelDescription {
    do {
      return try ModelDescription(file: bytes)
    } catch {
      throw RefusedModel(path: model, problem: "not a valid model: \(error)")
    }
  }

  /// A name goes before a number, as with `sinf --route`.
  private func index(in clusters: [ClusterDescription]) throws -> Int {
    guard !clusters.isEmpty else {
      throw UnsuitableOption("--cluster: \(model) has no clusters")
    }
    if let index = clusters.firstIndex(where: { $0.name == cluster }) { return index }
    if let index = Int(cluster), clusters.indices.contains(index) { return index }
    let names = clusters.map { "'\($0.name)'" }.joined(separator: ", ")
    throw UnsuitableOption("--cluster: \(model) has no cluster '\(cluster)'; it has \(names)")
  }

  /// What the new file is made from.
  private func digest(_ source: [UInt8], cluster: Int) -> [UInt8] {
    var digest = InputDigest()
    digest.add(source)
    digest.add(Array("extract \(cluster) \(visitors)".utf8))
    return digest.finish()
  }

  private func text(_ own: ModelDescription, name: String, bytes: Int, of source: Int) -> String {
    let cost = Int(own.metadata.routedMultiplyAccumulates)
    let base = own.metadata.baseMultiplyAccumulates
    if format == .json {
      return ResultText.json([
        "file": output, "bytes": bytes, "source_bytes": source, "cluster": name,
        "classes": own.labels, "macs": cost, "base_macs": base,
        "scores_added": own.route != nil,
      ])
    }
    let share =
      base > 0
      ? " (\(ResultText.percent(Double(cost) / Double(base))) of the base network's)" : ""
    return """
      cluster '\(name)': \(own.labels.count) classes, \(ResultText.millions(cost)) \
      multiply-accumulates an image\(share)
      wrote \(output), \(bytes) bytes of \(source)
      """
  }
}
