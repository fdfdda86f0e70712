import SINFModel
import SINFSignature
import Testing

@testable import SINFSigning

/// A signature behind a model: what holds, and what doesn't.
@Suite struct SignatureTests {
  private let key: SecretKey
  private let trusted: TrustedKeys

  init() throws {
    key = try SecretKey()
    trusted = try keys(key.publicText)
  }

  private func verify(_ file: [UInt8], _ trusted: TrustedKeys) throws(SignatureError) -> PublicKey {
    let copy = AlignedBytes(file)
    return try SignatureTrailer.verify(copy.bytes, by: trusted)
  }

  /// RFC 8032, 7.3: the test vector of Ed25519ph, "abc".
  @Test func theFormIsThatOfTheStandard() throws {
    let secret = "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42"
    let key = try SecretKey(text: "sinf-secret-key-1 \(secret)\n".utf8)
    #expect(key.name == "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf")
    let signature = key.signature(of: Array("abc".utf8))
      .map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    #expect(
      signature == "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41"
        + "31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406")
  }

  @Test func whatWasSignedHolds() throws {
    let signed = SignedModel.bytes(signing: file, with: key)
    #expect(signed.count == file.count + 128)
    #expect(signed.starts(with: file))
    let found = try verify(signed, trusted)
    #expect(trusted.contains(found))
    #expect(SignedModel.bytes(signing: signed, with: key) == signed)
  }

  @Test func noByteMayChange() throws {
    let signed = SignedModel.bytes(signing: file, with: key)
    for index in signed.indices {
      var changed = signed
      changed[index] ^= 1 << UInt8(index % 8)
      #expect(throws: SignatureError.self, "byte \(index)") { try verify(changed, trusted) }
    }
  }

  @Test func noByteMayBeAddedOrTaken() throws {
    let signed = SignedModel.bytes(signing: file, with: key)
    for count in [0, 1, 63, 64, 127, 128, 191, file.count, signed.count - 1] {
      #expect(throws: SignatureError.unsigned, "\(count) bytes") {
        try verify(Array(signed[..<count]), trusted)
      }
    }
    #expect(throws: SignatureError.unsigned) { try verify(signed + [0], trusted) }
  }

  /// The trailer of one model behind another.
  @Test func aSignatureIsOfOneModel() throws {
    var other = file
    other[other.count - 1] ^= 1
    let trailer = SignedModel.bytes(signing: file, with: key).suffix(128)
    let theirs = PublicKey(of: key)
    #expect(throws: SignatureError.broken(theirs)) { try verify(other + trailer, trusted) }
  }

  @Test func anotherKeyIsNamed() throws {
    let signed = SignedModel.bytes(signing: file, with: try SecretKey())
    do throws(SignatureError) {
      _ = try verify(signed, trusted)
      Issue.record("taken")
    } catch {
      guard case .otherKey = error else { throw error }
    }
  }

  /// Theirs behind the name of ours.
  @Test func aKeyCannotBeClaimed() throws {
    var signed = SignedModel.bytes(signing: file, with: try SecretKey())
    signed.replaceSubrange((signed.count - 96)..<(signed.count - 64), with: key.publicKey)
    #expect(throws: SignatureError.broken(PublicKey(of: key))) { try verify(signed, trusted) }
  }

  @Test func aNewerFormIsNamed() throws {
    var signed = SignedModel.bytes(signing: file, with: key)
    signed[signed.count - 120] = 2
    #expect(throws: SignatureError.unknownVersion(2)) { try verify(signed, trusted) }
  }

  @Test func theModelIsTheSame() throws {
    let signed = AlignedBytes(SignedModel.bytes(signing: file, with: key))
    let model = try Model(validating: signed.bytes)
    #expect(model.fileBytes == file.count)
    #expect(throws: ModelError.self) {
      try Model(validating: UnsafeRawBufferPointer(rebasing: signed.bytes.dropLast()))
    }
  }

  private var file: [UInt8] { (try? SmallModel.file()) ?? [] }
}

extension PublicKey {
  init(of key: SecretKey) {
    self = key.publicKey.withUnsafeBufferPointer { PublicKey($0) }
  }
}
