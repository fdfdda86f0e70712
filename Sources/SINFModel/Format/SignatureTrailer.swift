/// The 128 bytes behind a signed model, as they stand in a file. Nothing is said here of whether the
/// signature holds: SINFSignature checks that.
public struct SignatureTrailer {
  /// Of the signed file, trailer included. At most the length that a model may have and the trailer's.
  public let file: UnsafeRawBufferPointer

  /// The trailer of a file; nil where a file is not signed. A file is signed where its last 128 bytes
  /// begin with the trailer's magic and the header gives it a length that ends before them.
  public init?(of file: UnsafeRawBufferPointer) {
    guard let base = file.baseAddress else { return nil }
    let bytes = FileBytes(base: base, count: file.count, dropsPages: false)
    let start = file.count - Layout.Signature.byteCount
    guard start >= Layout.Header.byteCount, Int64(start) <= Layout.Limit.fileBytes,
      bytes.u64(Layout.Header.magic) == Layout.magic,
      bytes.u64(Layout.Header.fileBytes) == UInt64(start),
      bytes.u64(start + Layout.Signature.magic) == Layout.signatureMagic
    else { return nil }
    self.file = file
  }

  /// Bytes of the model in front of the trailer.
  public var modelBytes: Int { file.count - Layout.Signature.byteCount }

  /// What is signed: the model and the first half of the trailer, with the key.
  public var signedBytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: file[..<(modelBytes + Layout.Signature.signature)])
  }

  /// 1, or of a form that isn't known here.
  public var version: UInt32 { fields.u32(Layout.Signature.version) }

  /// 32 bytes.
  public var publicKey: UnsafeBufferPointer<UInt8> {
    fields.bytes(Layout.Signature.publicKey, count: 32)
  }

  /// 64 bytes.
  public var signature: UnsafeBufferPointer<UInt8> {
    fields.bytes(Layout.Signature.signature, count: 64)
  }

  private var fields: FileBytes {
    FileBytes(
      base: file.baseAddress.unsafelyUnwrapped + modelBytes, count: Layout.Signature.byteCount,
      dropsPages: false)
  }
}
