import CSystem
import SINFModel

/// A file mapped read-only, used in place. Its pages come from the page cache when touched.
///
/// Not protected against somebody who shortens the file meanwhile (the process would get SIGBUS):
/// model files are replaced by renaming a new file over them.
public struct MappedFile: ~Copyable {
  /// The whole file; starts at a page boundary. No base address for an empty file.
  public let bytes: UnsafeRawBufferPointer

  /// Maps the regular file at `path` (NUL-terminated).
  ///
  /// Errors: `.unreadableFile` with the system's error number.
  public init(path: UnsafePointer<CChar>) throws(RuntimeError) {
    var base: UnsafeRawPointer?
    var count = 0
    let errorNumber = csys_map_file(path, &base, &count)
    guard errorNumber == 0 else { throw .unreadableFile(errorNumber: errorNumber) }
    bytes = UnsafeRawBufferPointer(start: base, count: count)
  }

  deinit { csys_unmap(bytes.baseAddress, bytes.count) }

  /// Takes the file's pages out of resident memory; those that are used again come back from the
  /// page cache. For after validation, which reads all programs of which one image needs three.
  public func dropPages() {
    csys_drop_pages(bytes.baseAddress, bytes.count)
  }

  /// The model in the file, after checking all of it. Checking reads every page but keeps only a
  /// window of them resident; afterwards none is, so that a process holds the pages of the programs
  /// that it runs and no others. The model is valid as long as this mapping.
  public func model() throws(ModelError) -> Model {
    defer { dropPages() }
    return try Model(validating: bytes, droppingPages: true)
  }
}
