import CSystem
import SINFModel
import SINFRuntime
import SINFSignature

/// What `sinf inspect` found behind the model.
enum FoundSignature {
  case none
  /// Not checked: --verify or --trusted-key does that.
  case unchecked(PublicKey)
  /// It holds, which took so long to find out.
  case holds(PublicKey, nanoseconds: UInt64)

  /// Checks the signature where that is asked for, before anything else in the file is believed.
  ///
  /// - Parameter trust: Whose signatures count; nil for anybody's.
  init(
    _ file: borrowing MappedFile, verifies: Bool, trust: Trust?
  ) throws(StartError) {
    let start = csys_monotonic_nanoseconds()
    if let trust { try trust.check(file) }
    guard let trailer = SignatureTrailer(of: file.bytes) else {
      guard !verifies else { throw .untrusted(.unsigned, by: nil) }
      self = .none
      return
    }
    guard verifies || trust != nil else {
      self = .unchecked(trailer.key)
      return
    }
    if trust == nil {
      do throws(SignatureError) {
        try trailer.verify(droppingPages: true)
      } catch {
        throw .untrusted(error, by: nil)
      }
    }
    self = .holds(trailer.key, nanoseconds: csys_monotonic_nanoseconds() &- start)
  }
}

extension Output {
  /// A line of the table, or nothing.
  mutating func put(_ signature: FoundSignature) {
    switch signature {
    case .none: break
    case .unchecked(let key):
      put("signed      by ")
      put(key)
      put("\n            not checked: --verify, or --trusted-key FILE\n")
    case .holds(let key, let nanoseconds):
      put("signed      by ")
      put(key)
      put("\n            the signature holds, checked in ")
      put((nanoseconds + 5_000) / 10_000, decimals: 2)
      put(" ms\n")
    }
  }

  /// null, or an object with the key, and the time where the signature was checked.
  mutating func member(_ signature: FoundSignature) {
    key("signature")
    switch signature {
    case .none: null()
    case .unchecked(let key): putSignature(key, nil)
    case .holds(let key, let nanoseconds): putSignature(key, nanoseconds)
    }
  }

  private mutating func putSignature(_ key: PublicKey, _ nanoseconds: UInt64?) {
    beginObject()
    self.key("key")
    beginText()
    put(key)
    endText()
    member("verified", nanoseconds != nil)
    member("verify_ns", nanoseconds)
    endObject()
  }
}
