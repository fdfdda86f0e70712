import COpenSSL

/// SHA-256 over everything that goes into a compilation, by OpenSSL.
public struct InputDigest: ~Copyable {
  private let context: OpaquePointer

  public init() {
    context = EVP_MD_CTX_new()
    let status = EVP_DigestInit_ex(context, EVP_sha256(), nil)
    precondition(status == 1, "OpenSSL has no SHA-256")
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds some bytes; their number goes in as well, so that parts can't run into each other.
  public mutating func add(_ bytes: [UInt8]) {
    withUnsafeBytes(of: UInt64(bytes.count).littleEndian) {
      _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count)
    }
    _ = bytes.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
  }

  /// The 32 bytes of the digest.
  public consuming func finish() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      EVP_DigestFinal_ex(context, buffer.baseAddress, nil)
      count = 32
    }
  }
}
