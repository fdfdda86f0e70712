import ArgumentParser
import Foundation
import SINFModel

@main
struct SINFC: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sinfc",
    abstract: "Compiles trained networks into model files for the sinf runtime.",
    discussion: """
      sinfc reads an ONNX network and labelled images, finds semantic clusters of the classes, \
      extracts a thinned subgraph for each, quantises everything to 8 bits and writes one flat file.

      It ends with 0 when everything was done, 1 when something could not be read, compiled or \
      written, 2 when the command line is wrong, 3 when a model file is refused, and 4 when pictures \
      reach the network otherwise than in training.
      """,
    version: "sinfc \(sinfcVersion) (\(sinfcOrigin), model format \(sinfcFormat))",
    subcommands: [
      CheckCommand.self, CompileCommand.self, EvaluateCommand.self, ExtractCommand.self,
      KeygenCommand.self, SignCommand.self, StudyCommand.self, ThinCommand.self,
    ])

  func run() throws {
    throw ValidationError(
      "nothing to do: expected check, compile, evaluate, extract, keygen, sign, study or thin")
  }

  /// Runs the command line. The parser's own `main` would end with 64 for wrong usage, where both
  /// programs of this package end with 2.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      Foundation.exit(tell(error))
    }
  }

  /// Says what went wrong on standard error, or what was asked for on standard output. Returns the
  /// exit status.
  private static func tell(_ error: any Error) -> Int32 {
    if let status = ProgramError.status(of: error) {
      writeError("Error: \(ProgramError.line(of: error))\n")
      return status
    }
    let text = fullMessage(for: error)
    if exitCode(for: error) == .success {
      print(text)
      return 0
    }
    writeError(text + "\n")
    return 2
  }

  private static func writeError(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }
}

/// Version of the compiler, written into every model file.
let sinfcVersion = "\(ProgramVersion.text)"

/// What the program was made from, for `--version`.
private let sinfcOrigin =
  ProgramVersion.commit.map { "commit \(String(cString: $0))" } ?? "unreleased"

/// The version of the model files that it writes at most.
private let sinfcFormat = "\(Layout.majorVersion).\(Layout.minorVersion)"
