import SINFModel
import SINFRuntime
import SINFSignature

/// Whose signatures --trusted-key lets count; read once, before the program gives up its rights.
struct Trust {
  private let path: UnsafePointer<CChar>
  private let keys: TrustedKeys

  /// nil where the option isn't given: then anybody's model runs.
  static func asked(_ path: UnsafePointer<CChar>?) throws(StartError) -> Trust? {
    guard let path else { return nil }
    do throws(KeyFileError) {
      return Trust(path: path, keys: try TrustedKeys(path: path))
    } catch {
      throw .keyFile(path, error)
    }
  }

  /// Throws where none of the keys has signed the file. Reads all of it, and leaves no page resident.
  func check(_ file: borrowing MappedFile) throws(StartError) {
    do throws(SignatureError) {
      _ = try SignatureTrailer.verify(file.bytes, by: keys, droppingPages: true)
    } catch {
      throw .untrusted(error, by: path)
    }
  }
}

extension Output {
  /// Completes "FILE: "; `path` is that of the trusted keys, nil where the signature alone was checked.
  mutating func put(_ error: SignatureError, trusting path: UnsafePointer<CChar>?) {
    switch error {
    case .unsigned:
      put("the model is not signed")
      if let path {
        put(", and --trusted-key ")
        put(path: bytes(of: path))
        put(" asks for a signature")
      }
      put("; 'sinfc sign' signs it")
    case .unknownVersion(let version):
      put("the signature is of version ")
      put(UInt64(version))
      put(", expected 1: it was made for a newer sinf")
    case .otherKey(let key):
      put("signed by the key ")
      put(key)
      put(", which is not among those of ")
      if let path { put(path: bytes(of: path)) }
    case .broken(let key):
      put("changed or damaged since the key ")
      put(key)
      put(" signed it: the signature does not hold; get the file anew from where it was signed")
    }
  }

  /// Completes "FILE: ".
  mutating func put(_ error: KeyFileError) {
    let form: StaticString =
      ", expected 'sinf-public-key-1' and 64 hexadecimal digits, as 'sinfc keygen' writes"
    switch error {
    case .unreadable(let number):
      put("cannot read the trusted keys: ")
      put(system: number)
    case .tooLong:
      put("a file of trusted keys has at most ")
      put(TrustedKeys.fileLimit)
      put(" bytes")
    case .noPublicKey(let line):
      put("line ")
      put(line)
      put(" is no public key")
      put(form)
      put(" into NAME.pub")
    case .noDigits(let line):
      put("line ")
      put(line)
      put(": the key does not have 64 hexadecimal digits")
    case .tooMany:
      put("more than ")
      put(TrustedKeys.limit)
      put(" keys")
    case .noKey:
      put("no key is in it")
      put(form)
      put(" into NAME.pub")
    }
  }

  /// 64 hexadecimal digits.
  mutating func put(_ key: PublicKey) {
    for index in 0..<32 { put(hexadecimal: key[index]) }
  }
}
