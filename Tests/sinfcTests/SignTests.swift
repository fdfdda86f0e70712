import Foundation
import Testing

/// `sinfc keygen`, `sinfc sign`, and `sinf --trusted-key`.
@Suite struct SignTests {
  private let out: TemporaryFolder
  private let model: String
  private let name: String

  init() throws {
    out = try TemporaryFolder()
    let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("SINFModelTests/Golden/tiny-v1.sinf")
    model = try out.write("m.sinf", Array(try Data(contentsOf: golden)))
    name = out.file("ours")
    let made = try Program.sinfc(["keygen", name])
    #expect(made.status == 0, "\(made.errors)")
  }

  private func sign(_ arguments: [String] = []) throws -> Program.Result {
    try Program.sinfc(["sign", "--key", name + ".key", model] + arguments)
  }

  private func inspect(_ arguments: [String]) throws -> Program.Result {
    try Program.run("sinf", ["inspect"] + arguments)
  }

  private func mode(_ path: String) throws -> Int {
    try #require(
      try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
  }

  @Test func onlyItsOwnerReadsTheSecretKey() throws {
    #expect(try mode(name + ".key") == 0o600)
    #expect(try out.read("ours.pub").hasPrefix("sinf-public-key-1 "))
    let before = try out.read("ours.key")
    let again = try Program.sinfc(["keygen", name])
    #expect(again.status == 1)
    #expect(again.errors.contains("ours.key: exists; a key is never written over"))
    #expect(try out.read("ours.key") == before)
    // Neither of the two where one can't be made.
    try out.write("half.pub", "mine")
    #expect(try Program.sinfc(["keygen", out.file("half")]).status == 1)
    #expect(try out.names().contains("half.key") == false)
    #expect(try out.read("half.pub") == "mine")
  }

  @Test func whatIsSignedIsTaken() throws {
    let plain = try out.bytes("m.sinf")
    let signed = try sign(["--format", "json"])
    #expect(signed.status == 0, "\(signed.errors)")
    let key = try #require(try signed.object()["key"] as? String)
    #expect(try out.bytes("m.sinf").count == plain.count + 128)

    let trusted = ["--trusted-key", name + ".pub", model]
    let json = try inspect(["--format", "json"] + trusted)
    let signature = try #require(try json.object()["signature"] as? [String: Any])
    #expect(signature["key"] as? String == key)
    #expect(signature["verified"] as? Bool == true)
    #expect(try inspect(trusted).text.contains("the signature holds"))
    #expect(try inspect(["--verify", model]).status == 0)
    // Nobody has to ask.
    let unasked = try inspect(["--format", "json", model]).object()
    #expect((unasked["signature"] as? [String: Any])?["verified"] as? Bool == false)
    let bench = ["bench", "--iterations", "1", "--model", model]
    #expect(try Program.run("sinf", bench + ["--trusted-key", name + ".pub"]).status == 0)
    #expect(try Program.run("sinf", bench).status == 0)
  }

  @Test func whatIsNotIsRefused() throws {
    let trusted = ["--trusted-key", name + ".pub", model]
    let unsigned = try inspect(trusted)
    #expect(unsigned.status == 3)
    #expect(unsigned.errors.contains("m.sinf: the model is not signed, and --trusted-key "))
    #expect(try inspect(["--verify", model]).status == 3)

    _ = try Program.sinfc(["keygen", out.file("theirs")])
    _ = try Program.sinfc(["sign", "--key", out.file("theirs.key"), model])
    let other = try Program.run(
      "sinf",
      ["bench", "--model"] + trusted.reversed().prefix(1) + [
        "--trusted-key", name + ".pub", "--iterations", "1",
      ])
    #expect(other.status == 3)
    #expect(other.errors.contains("m.sinf: signed by the key "))
    #expect(other.errors.contains("which is not among those of "))

    let again = try sign()
    #expect(again.text.contains("in place of an older signature"))
    var bytes = try out.bytes("m.sinf")
    bytes[700] ^= 4
    try out.write("m.sinf", bytes)
    let changed = try inspect(trusted)
    #expect(changed.status == 3)
    #expect(changed.errors.contains("m.sinf: changed or damaged since the key "))
  }

  @Test func keysThatAreNoneAreNamed() throws {
    for (text, message) in [
      ("", "no key is in it"), ("hello\n", "line 1 is no public key"),
      ("sinf-public-key-1 12\n", "line 1: the key does not have 64 hexadecimal digits"),
    ] {
      let file = try out.write("k.pub", text)
      let result = try inspect(["--trusted-key", file, model])
      #expect(result.status == 2)
      #expect(result.errors.contains("k.pub: \(message)"), "\(result.errors)")
    }
    let missing = try inspect(["--trusted-key", out.file("none.pub"), model])
    #expect(missing.errors.contains("none.pub: cannot read the trusted keys: No such file"))
  }

  @Test func aSecretKeyIsKeptSecret() throws {
    let plain = try out.bytes("m.sinf")
    chmod(name + ".key", 0o644)
    let open = try sign()
    #expect(open.status == 1)
    #expect(open.errors.contains("others can read this secret key (its mode is 644): chmod 600"))
    let publicKey = try Program.sinfc(["sign", "--key", name + ".pub", model])
    #expect(publicKey.status == 1)
    chmod(name + ".pub", 0o600)
    let named = try Program.sinfc(["sign", "--key", name + ".pub", model])
    #expect(named.errors.contains("a public key, which signs nothing"))
    #expect(try out.bytes("m.sinf") == plain)
  }

  @Test func onlyModelsAreSigned() throws {
    chmod(name + ".key", 0o600)
    let text = try out.write("t.sinf", "no model")
    let result = try Program.sinfc(["sign", "--key", name + ".key", text])
    #expect(result.status == 3)
    #expect(result.errors.contains("t.sinf: not a valid model"))
    #expect(try out.read("t.sinf") == "no model")
    let over = try sign(["--output", name + ".key"])
    #expect(over.status == 2)
  }
}
