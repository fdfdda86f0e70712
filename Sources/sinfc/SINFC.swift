import ArgumentParser
import SINFModel

@main
struct SINFC: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sinfc",
    abstract: "Compiles trained networks into model files for the sinf runtime.",
    discussion: """
      sinfc reads an ONNX network and labelled images, finds semantic clusters of the classes, \
      extracts a thinned subgraph for each, quantises everything to 8 bits and writes one flat file.
      """,
    version: "sinfc \(sinfcVersion)",
    subcommands: [CompileCommand.self, EvaluateCommand.self, StudyCommand.self])
}

/// Version of the compiler, written into every model file.
let sinfcVersion = "\(ProgramVersion.text)"
