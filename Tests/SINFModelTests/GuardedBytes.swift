import Glibc
import SINFModel

/// Bytes that end where an inaccessible page begins, at a multiple of 64: reading past the end
/// is a crash. (When their count is no multiple of 64, up to 63 readable zeros follow.)
final class GuardedBytes {
  private let mapping: UnsafeMutableRawPointer
  private let mappedBytes: Int
  let bytes: UnsafeMutableRawBufferPointer

  init(_ contents: [UInt8]) {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let room = (contents.count + page - 1) / page * page
    mappedBytes = room + page
    mapping = mmap(
      nil, mappedBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
    precondition(mapping != MAP_FAILED && mprotect(mapping + room, page, PROT_NONE) == 0)
    let start = room - (contents.count + 63) / 64 * 64
    bytes = UnsafeMutableRawBufferPointer(start: mapping + start, count: contents.count)
    bytes.copyBytes(from: contents)
  }

  deinit { munmap(mapping, mappedBytes) }

  var model: Model {
    get throws(ModelError) { try Model(validating: UnsafeRawBufferPointer(bytes)) }
  }

  /// What the reader says; nil when it accepts the file.
  var refusal: ModelError? {
    do {
      _ = try model
      return nil
    } catch {
      return error
    }
  }
}
