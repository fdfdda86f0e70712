import CImage

/// Where pictures come from: a file descriptor (file, pipe, standard input) read through the
/// caller's buffer, or memory.
///
/// After a picture the source stands at the first byte behind it, so pictures that follow each
/// other in one stream are decoded one after the other. The source neither opens nor closes the
/// descriptor, and copies nothing of the memory it is given: both must outlive it.
public struct ByteSource: ~Copyable {
  var source: cimg_source

  /// A source that reads from an open descriptor. Interrupted reads are repeated.
  ///
  /// - Parameter buffer: at least 64 bytes; 16 to 64 KB keep the number of system calls low.
  public init(fileDescriptor: Int32, buffer: UnsafeMutableRawBufferPointer) {
    precondition(buffer.count >= 64, "a source's buffer has at least 64 bytes")
    source = cimg_source_from_descriptor(fileDescriptor, buffer.baseAddress, buffer.count)
  }

  /// A source for a file of one picture, which only a `DecoderProcess` can decode: the bytes go
  /// straight to it.
  public init(file descriptor: Int32) {
    source = cimg_source_from_file(descriptor)
  }

  /// A source over bytes in memory, which are read in place.
  public init(memory: UnsafeRawBufferPointer) {
    source = cimg_source_from_memory(memory.baseAddress, memory.count)
  }

  /// Bytes consumed since the source was made: the offset of the next picture.
  public var offset: UInt64 { source.base + UInt64(source.position) }

  /// Whether another picture follows, before which the source then stands.
  ///
  /// What lies between the pictures of a stream is passed over: padding, line ends, headers of
  /// multipart messages, chunks of containers, and pictures that the last one named as belonging to
  /// it. A picture cut short may have swallowed the beginning of the one behind it: the search
  /// begins as far back as half the buffer. A heuristic: a preview inside a damaged picture may look
  /// like a picture, and is then decoded as one.
  ///
  /// - Throws: `.empty` for a source without a byte, `.unknownFormat` for one without a picture and
  ///   for 64 MiB without one, `.io`.
  public mutating func nextPicture() throws(FrameError) -> Bool {
    var error = cimg_error()
    let found = cimg_source_next(&source, &error)
    guard error.code == CIMG_OK else { throw FrameError(error) }
    return found == CIMG_OK
  }
}
