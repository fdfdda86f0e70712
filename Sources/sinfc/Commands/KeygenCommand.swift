import ArgumentParser
import Foundation
import SINFSigning

struct KeygenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keygen", abstract: "Make a key pair to sign model files with.",
    discussion: """
      Writes NAME.key, which signs and stays where it is, readable by its owner alone, and NAME.pub, \
      which boards get: 'sinf watch --trusted-key NAME.pub' takes no model that NAME.key has not \
      signed. Files that exist are never written over. To change keys, put both public keys into one \
      file, one a line, until all models are signed anew.
      """)

  @Argument(help: "Where to write the two files, without their endings.")
  var name: String

  @Option(help: "How the result is printed: text or json.")
  var format: OutputFormat = .text

  func run() throws {
    let files = (secret: name + ".key", public: name + ".pub")
    let key: SecretKey
    do {
      key = try SecretKey()
    } catch {
      throw Failure(files.secret, "\(error)")
    }
    try Interrupts.deferred {
      try create(files.secret, key.secretText, mode: 0o600)
      do {
        try create(files.public, key.publicText, mode: 0o644)
      } catch {
        unlink(files.secret)
        throw error
      }
    }
    guard format == .text else {
      print(
        ResultText.json([
          "secret_key_file": files.secret, "public_key_file": files.public, "key": key.name,
        ]))
      return
    }
    print(
      """
      key \(key.name)
      wrote \(files.secret): signs models; keep it secret, and keep a copy
      wrote \(files.public): for boards, 'sinf watch --trusted-key \(files.public)'
      """)
  }

  /// A new file, on the disk when this returns.
  private func create(_ path: String, _ text: String, mode: mode_t) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard file >= 0 else {
      if errno == EEXIST {
        throw Failure(path, "exists; a key is never written over: choose another name")
      }
      throw Failure(system: path, "can't be written")
    }
    defer { close(file) }
    let bytes = Array(text.utf8)
    guard write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0 else {
      let failure = Failure(system: path, "can't be written")
      unlink(path)
      throw failure
    }
  }
}
