import CArchive
import Foundation

/// Goes through the regular files of an archive by libarchive: tar in all its forms and zip, packed
/// with gzip, xz, bzip2 or zstd or not, told by content.
final class ArchiveReader {
  struct Entry {
    /// The path inside the archive.
    var name: String
    /// Last part of the path.
    var fileName: String { String(name.split(separator: "/").last ?? "") }
  }

  /// What the reader takes a file for.
  enum Form {
    /// Files with names.
    case archive
    /// One file without a name: the bytes themselves, unpacked.
    case bytes
  }

  let path: String
  private let handle: OpaquePointer

  init(path: String, form: Form = .archive) throws {
    self.path = path
    guard let handle = archive_read_new() else { throw DatasetError(path, "out of memory") }
    self.handle = handle
    archive_read_support_filter_all(handle)
    switch form {
    case .archive:
      archive_read_support_format_tar(handle)
      archive_read_support_format_gnutar(handle)
      // By its directory at the end: without one, nobody knows what is missing.
      archive_read_support_format_zip_seekable(handle)
    case .bytes:
      archive_read_support_format_raw(handle)
      archive_read_support_format_empty(handle)
    }
    guard archive_read_open_filename(handle, path, 1 << 18) == ARCHIVE_OK else {
      throw failure("can't be opened")
    }
  }

  deinit { archive_read_free(handle) }

  /// The next regular file, or nil at the archive's end.
  func next() throws -> Entry? {
    while true {
      var entry: OpaquePointer?
      let status = archive_read_next_header(handle, &entry)
      if status == ARCHIVE_EOF { return nil }
      guard status == ARCHIVE_OK || status == ARCHIVE_WARN else { throw failure("can't be read") }
      // A link has a type of its own, or the file's with no bytes.
      guard archive_entry_filetype(entry) == S_IFREG, archive_entry_hardlink(entry) == nil else {
        continue
      }
      return Entry(name: archive_entry_pathname(entry).map { String(cString: $0) } ?? "")
    }
  }

  /// Up to `count` bytes of the entry that `next` returned; fewer only at its end.
  func read(_ count: Int, into target: UnsafeMutableRawPointer) throws -> Int {
    var done = 0
    while done < count {
      let got = archive_read_data(handle, target + done, count - done)
      guard got >= 0 else { throw failure("can't be read") }
      if got == 0 { break }
      done += got
    }
    return done
  }

  private func failure(_ what: String) -> DatasetError {
    let reason = archive_error_string(handle).map { String(cString: $0) } ?? "unknown error"
    return DatasetError(path, "\(what): \(reason)")
  }
}

extension ArchiveReader {
  /// `count` bytes or what is left.
  func upTo(_ count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
      written = count == 0 ? 0 : try read(count, into: UnsafeMutableRawPointer(buffer.baseAddress!))
    }
  }

  /// All bytes that are left of the entry.
  func contents() throws -> [UInt8] {
    var result: [UInt8] = []
    while true {
      let more = try upTo(1 << 20)
      result += more
      if more.count < 1 << 20 { return result }
    }
  }
}
