import CArchive
import Testing

/// Archives as other programs write them, by libarchive.
enum ArchiveForm: String, CaseIterable {
  case zip, storedZip, tarXZ, tarBzip2, paxTarZstd

  func write(_ files: [(name: String, bytes: [UInt8])], to path: String) throws {
    let archive = archive_write_new()
    defer { archive_write_free(archive) }
    switch self {
    case .zip: archive_write_set_format_zip(archive)
    case .storedZip:
      archive_write_set_format_zip(archive)
      archive_write_zip_set_compression_store(archive)
    case .tarXZ:
      archive_write_set_format_gnutar(archive)
      archive_write_add_filter_xz(archive)
    case .tarBzip2:
      archive_write_set_format_ustar(archive)
      archive_write_add_filter_bzip2(archive)
    case .paxTarZstd:
      archive_write_set_format_pax(archive)
      archive_write_add_filter_zstd(archive)
    }
    try #require(archive_write_open_filename(archive, path) == ARCHIVE_OK)
    for (name, bytes) in files {
      let entry = archive_entry_new()
      defer { archive_entry_free(entry) }
      archive_entry_set_pathname(entry, name)
      archive_entry_set_size(entry, Int64(bytes.count))
      archive_entry_set_filetype(entry, UInt32(S_IFREG))
      archive_entry_set_perm(entry, 0o644)
      try #require(archive_write_header(archive, entry) == ARCHIVE_OK)
      try #require(archive_write_data(archive, bytes, bytes.count) == bytes.count)
    }
    try #require(archive_write_close(archive) == ARCHIVE_OK)
  }
}
