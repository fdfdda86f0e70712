import CSodium
import SINFSignature

/// An Ed25519 key pair, from a seed of 32 bytes (RFC 8032). It never goes to a board.
public struct SecretKey {
  /// What stands in front of the seed in a file, whose one line has 64 hexadecimal digits behind it.
  public static let word = "sinf-secret-key-1"

  public let publicKey: [UInt8]
  private let seed: [UInt8]
  private let secret: [UInt8]

  /// A key that nobody else has.
  public init() throws(SecretKeyError) {
    guard sodium_init() >= 0 else { throw .noRandomness }
    var seed = [UInt8](repeating: 0, count: 32)
    randombytes_buf(&seed, seed.count)
    self.init(seed: seed)
  }

  /// The key of a file's text.
  public init(text: some Sequence<UInt8>) throws(SecretKeyError) {
    let line = String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    let words = line.split(whereSeparator: \.isWhitespace)
    if words.first?.description == TrustedKeys.word.description { throw .isPublic }
    guard words.count >= 2, words[0] == Self.word else { throw .noSecretKey }
    let digits = Array(words[1])
    guard digits.count == 64 else { throw .noDigits }
    var seed: [UInt8] = []
    for index in stride(from: 0, to: 64, by: 2) {
      guard digits[index].isASCII, digits[index + 1].isASCII,
        let high = digits[index].hexDigitValue, let low = digits[index + 1].hexDigitValue
      else { throw .noDigits }
      seed.append(UInt8(high << 4 | low))
    }
    self.init(seed: seed)
  }

  private init(seed: [UInt8]) {
    var publicKey = [UInt8](repeating: 0, count: 32)
    var secret = [UInt8](repeating: 0, count: 64)
    crypto_sign_ed25519_seed_keypair(&publicKey, &secret, seed)
    self.seed = seed
    self.publicKey = publicKey
    self.secret = secret
  }

  /// The text of the file that only its owner may read.
  public var secretText: String { "\(Self.word) \(Self.hexadecimal(seed))\n" }

  /// The text of the file that boards get.
  public var publicText: String { "\(TrustedKeys.word) \(Self.hexadecimal(publicKey))\n" }

  /// The public key in 64 hexadecimal digits.
  public var name: String { Self.hexadecimal(publicKey) }

  /// Ed25519ph over pieces that follow each other; 64 bytes.
  func signature(of bytes: [UInt8]) -> [UInt8] {
    var state = crypto_sign_ed25519ph_state()
    crypto_sign_ed25519ph_init(&state)
    crypto_sign_ed25519ph_update(&state, bytes, UInt64(bytes.count))
    var signature = [UInt8](repeating: 0, count: 64)
    crypto_sign_ed25519ph_final_create(&state, &signature, nil, secret)
    return signature
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}

/// Why there is no secret key.
public enum SecretKeyError: Error, CustomStringConvertible {
  case noRandomness
  case noSecretKey
  case isPublic
  case noDigits

  public var description: String {
    switch self {
    case .noRandomness: "the system gives no random bytes"
    case .noSecretKey:
      "not a secret key: expected '\(SecretKey.word)' and 64 hexadecimal digits, as 'sinfc keygen' writes"
        + " into NAME.key"
    case .isPublic: "a public key, which signs nothing: NAME.key is the secret one"
    case .noDigits: "the secret key does not have 64 hexadecimal digits"
    }
  }
}
