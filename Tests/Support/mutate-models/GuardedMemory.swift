import Glibc

/// Memory between two inaccessible pages, which ends where the second begins but for what fills it
/// up to a multiple of 64: an access outside is a crash.
final class GuardedMemory {
  private let mapping: UnsafeMutableRawPointer
  private let mappedBytes: Int
  let bytes: UnsafeMutableRawBufferPointer
  /// The filling behind `bytes`.
  let slack: UnsafeMutableRawBufferPointer

  init(count: Int) {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let filled = (count + 63) / 64 * 64
    let room = (filled + page - 1) / page * page
    mappedBytes = room + 2 * page
    mapping = mmap(
      nil, mappedBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)!
    precondition(mapping != MAP_FAILED, "no memory")
    precondition(mprotect(mapping, page, PROT_NONE) == 0)
    precondition(mprotect(mapping + page + room, page, PROT_NONE) == 0)
    let start = mapping + page + room - filled
    bytes = UnsafeMutableRawBufferPointer(start: start, count: count)
    slack = UnsafeMutableRawBufferPointer(start: start + count, count: filled - count)
  }

  convenience init(_ contents: [UInt8]) {
    self.init(count: contents.count)
    bytes.copyBytes(from: contents)
  }

  deinit { munmap(mapping, mappedBytes) }
}
