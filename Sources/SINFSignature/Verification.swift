import CSodium
import CSystem
import SINFModel

/// Why a model is not trusted.
public enum SignatureError: Error, Equatable {
  /// Nothing stands behind the model.
  case unsigned
  /// The trailer is of a form that isn't known here.
  case unknownVersion(UInt32)
  /// It names a key that isn't among the trusted ones.
  case otherKey(PublicKey)
  /// It names this key, which has not signed what the file holds.
  case broken(PublicKey)
}

extension SignatureTrailer {
  public var key: PublicKey { PublicKey(publicKey) }

  /// The key that has signed the file, one of `keys`, after reading all of it: before anything else
  /// in it is believed.
  ///
  /// The form is Ed25519ph, whose SHA-512 goes through a file piece by piece: the pages of a mapping
  /// are dropped behind it (`droppingPages`), so that a large file is checked in little memory. No heap.
  public static func verify(
    _ file: UnsafeRawBufferPointer, by keys: TrustedKeys, droppingPages: Bool = false
  ) throws(SignatureError) -> PublicKey {
    guard let trailer = SignatureTrailer(of: file) else { throw .unsigned }
    guard keys.contains(trailer.key) else {
      guard trailer.version == 1 else { throw .unknownVersion(trailer.version) }
      throw .otherKey(trailer.key)
    }
    try trailer.verify(droppingPages: droppingPages)
    return trailer.key
  }

  /// Checks that the key in the file, whosever it is, has signed the file.
  public func verify(droppingPages: Bool = false) throws(SignatureError) {
    guard version == 1 else { throw .unknownVersion(version) }
    var state = crypto_sign_ed25519ph_state()
    crypto_sign_ed25519ph_init(&state)
    let signed = signedBytes
    let window = 1 << 18
    var done = 0
    while done < signed.count {
      let piece = UnsafeRawBufferPointer(rebasing: signed[done..<min(done + window, signed.count)])
      let base = piece.baseAddress.unsafelyUnwrapped
      crypto_sign_ed25519ph_update(
        &state, base.assumingMemoryBound(to: UInt8.self), UInt64(piece.count))
      if droppingPages { csys_drop_pages(base, piece.count) }
      done += piece.count
    }
    let result = key.withBytes { publicKey in
      crypto_sign_ed25519ph_final_verify(
        &state, signature.baseAddress.unsafelyUnwrapped, publicKey)
    }
    guard result == 0 else { throw .broken(key) }
  }
}
