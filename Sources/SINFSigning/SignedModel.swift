import SINFModel

/// A model file with a signature behind it (docs/format.md).
public enum SignedModel {
  /// - Parameter file: A whole valid model file; a signature that it has already is replaced.
  public static func bytes(signing file: [UInt8], with key: SecretKey) -> [UInt8] {
    var bytes = Array(file[..<modelBytes(of: file)])
    var trailer = [UInt8](repeating: 0, count: Layout.Signature.signature)
    trailer.withUnsafeMutableBytes {
      $0.storeBytes(
        of: Layout.signatureMagic.littleEndian, toByteOffset: Layout.Signature.magic,
        as: UInt64.self)
      $0.storeBytes(
        of: UInt32(1).littleEndian, toByteOffset: Layout.Signature.version, as: UInt32.self)
    }
    trailer.replaceSubrange(Layout.Signature.publicKey..., with: key.publicKey)
    bytes += trailer
    return bytes + key.signature(of: bytes)
  }

  /// Bytes in front of a signature, if the file has one.
  public static func modelBytes(of file: [UInt8]) -> Int {
    file.withUnsafeBytes { SignatureTrailer(of: $0)?.modelBytes ?? file.count }
  }
}
