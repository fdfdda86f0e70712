import Foundation
import SINFSignature
import SINFSigning
import Testing

func keys(_ text: String) throws(KeyFileError) -> TrustedKeys {
  let bytes = Array(text.utf8)
  var result: Result<TrustedKeys, KeyFileError> = .failure(.noKey)
  bytes.withUnsafeBufferPointer { buffer in
    result = Result { () throws(KeyFileError) in try TrustedKeys(text: buffer) }
  }
  return try result.get()
}

/// Files of public keys.
@Suite struct TrustedKeysTests {
  private let digits = String(repeating: "0a", count: 32)

  @Test func linesAreKeys() throws {
    let other = String(repeating: "F1", count: 32)
    let trusted = try keys(
      """
      # of the workshop

      sinf-public-key-1 \(digits) the old one, until June
      sinf-public-key-1 \(other)\r
      """)
    #expect(trusted.count == 2)
    #expect(trusted[0][0] == 0x0A)
    #expect(trusted[0][31] == 0x0A)
    #expect(trusted[1][7] == 0xF1)
    #expect(trusted[0] != trusted[1])
  }

  @Test func whatIsNoKeyIsRefused() {
    for (text, error) in [
      ("", KeyFileError.noKey), ("\n#\n", .noKey),
      ("\nsinf-secret-key-1 \(digits)", .noPublicKey(line: 2)),
      ("sinf-public-key-1\(digits)", .noPublicKey(line: 1)),
      ("sinf-public-key-1", .noPublicKey(line: 1)),
      ("-----BEGIN PUBLIC KEY-----", .noPublicKey(line: 1)),
      ("sinf-public-key-1 ", .noDigits(line: 1)),
      ("sinf-public-key-1 \(digits.dropLast())", .noDigits(line: 1)),
      ("sinf-public-key-1 \(digits)0", .noDigits(line: 1)),
      ("sinf-public-key-1 \(digits.dropLast())g", .noDigits(line: 1)),
      (String(repeating: "sinf-public-key-1 \(digits)\n", count: 17), .tooMany),
    ] {
      #expect(throws: error, "\(text.prefix(40))") { try keys(text) }
    }
  }

  @Test func theFileIsRead() throws {
    let path = FileManager.default.temporaryDirectory.path + "/sinf-keys-\(UUID().uuidString)"
    defer { unlink(path) }
    #expect(throws: KeyFileError.unreadable(ENOENT)) { try TrustedKeys(path: path) }
    let key = try SecretKey()
    try Data(key.publicText.utf8).write(to: URL(fileURLWithPath: path))
    #expect(try TrustedKeys(path: path).contains(PublicKey(of: key)))
    try Data(count: TrustedKeys.fileLimit + 1).write(to: URL(fileURLWithPath: path))
    #expect(throws: KeyFileError.tooLong) { try TrustedKeys(path: path) }
  }
}
