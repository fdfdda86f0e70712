import ArgumentParser
import Foundation
import SINFCompiler
import SINFModelWriter
import SINFSigning

struct SignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign", abstract: "Sign a model file.",
    discussion: """
      Puts 128 bytes behind the model: the public key, and its signature over everything before it \
      (Ed25519ph). The model itself stays as it is, and runs where nobody asks for a signature. One \
      that the file has already is replaced.
      """)

  @Argument(help: "A model file.")
  var model: String

  @Option(help: ArgumentHelp("What 'sinfc keygen NAME' wrote.", valueName: "name.key"))
  var key: String

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Where to write the signed model, instead of in the model's place.",
      valueName: "model.sinf"))
  var output: String?

  @Option(help: "How the result is printed: text or json.")
  var format: OutputFormat = .text

  func run() throws {
    let output = output ?? model
    try FileOutput.check(output, inputs: [key])
    let key = try secretKey()
    let file = try FileInput.model(model)
    do {
      _ = try ModelDescription(file: file)
    } catch {
      throw RefusedModel(path: model, problem: "not a valid model: \(error)")
    }
    let replaces = SignedModel.modelBytes(of: file) < file.count
    let bytes = SignedModel.bytes(signing: file, with: key)
    try FileOutput.write(bytes, to: output)
    if format == .json {
      print(
        ResultText.json([
          "file": output, "bytes": bytes.count, "key": key.name, "replaced": replaces,
        ]))
    } else {
      print("\(output): signed by \(key.name)\(replaces ? ", in place of an older signature" : "")")
    }
  }

  /// Nobody but its owner may be able to read it.
  private func secretKey() throws -> SecretKey {
    try FileInput.check(key)
    var status = stat()
    guard stat(key, &status) == 0 else { throw Failure(system: key, "can't be read") }
    let mode = status.st_mode & 0o777
    guard mode & 0o077 == 0 else {
      throw Failure(
        key,
        "others can read this secret key (its mode is \(String(mode, radix: 8))): chmod 600 \(key), "
          + "and make a new one if they may have")
    }
    guard let text = FileManager.default.contents(atPath: key) else {
      throw Failure(system: key, "can't be read")
    }
    do {
      return try SecretKey(text: text)
    } catch {
      throw Failure(key, "\(error)")
    }
  }
}
