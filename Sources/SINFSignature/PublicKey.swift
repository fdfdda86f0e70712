/// An Ed25519 public key (RFC 8032), 32 bytes.
public struct PublicKey: Equatable, Sendable {
  /// In the key's order, eight bytes each, the first one lowest.
  private var words = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))

  init() {}

  public init(_ bytes: UnsafeBufferPointer<UInt8>) {
    precondition(bytes.count == 32)
    withUnsafeMutableBytes(of: &words) {
      for index in 0..<32 { $0[index] = bytes[index] }
    }
  }

  /// nil where a byte is no digit. 64 of them.
  init?(hexadecimal digits: UnsafeBufferPointer<UInt8>) {
    guard digits.count == 64 else { return nil }
    for index in 0..<32 {
      guard let high = digits[2 * index].hexadecimal, let low = digits[2 * index + 1].hexadecimal
      else { return nil }
      withUnsafeMutableBytes(of: &words) { $0[index] = high << 4 | low }
    }
  }

  /// Byte `index`, 0 ..< 32.
  public subscript(index: Int) -> UInt8 {
    withUnsafeBytes(of: words) { $0[index] }
  }

  public static func == (a: PublicKey, b: PublicKey) -> Bool {
    a.words.0 == b.words.0 && a.words.1 == b.words.1 && a.words.2 == b.words.2
      && a.words.3 == b.words.3
  }

  func withBytes<Result>(_ body: (UnsafePointer<UInt8>) -> Result) -> Result {
    withUnsafeBytes(of: words) {
      body($0.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self))
    }
  }
}

extension UInt8 {
  /// The value of a hexadecimal digit.
  fileprivate var hexadecimal: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
