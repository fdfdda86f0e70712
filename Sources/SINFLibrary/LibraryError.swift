import CSINF
import SINFModel
import SINFPictures
import SINFRuntime

/// Why a function of the C library fails.
enum LibraryError: Error {
  case argument(StaticString)
  case memory(needed: Int, available: Int)
  case system(Int32, StaticString)
  case model(ModelError)
  case runtime(RuntimeError)
  case frame(FrameError)

  /// Fills the caller's error, if there is one; its code.
  func put(_ to: UnsafeMutablePointer<sinf_error>?) -> Int32 {
    var (code, number) = (Int32(SINF_ERROR_ARGUMENT), Int32(0))
    var (needed, available) = (UInt64(0), UInt64(0))
    var text = ErrorText(to)
    switch self {
    case .argument(let rule): text.put(rule)
    case .memory(let wanted, let there):
      (code, needed, available) = (Int32(SINF_ERROR_MEMORY), UInt64(wanted), UInt64(there))
      text.put("the arena is too small: needed and available say how much; ask sinf_arena_bytes")
    case .system(let system, let what):
      (code, number) = (Int32(SINF_ERROR_SYSTEM), system)
      text.put(what)
    case .model(let error):
      code = Int32(SINF_ERROR_MODEL)
      error.describe { text.put($0) }
    case .runtime(let error):
      switch error {
      case .arenaTooSmall(let wanted, let there):
        return LibraryError.memory(needed: wanted, available: there).put(to)
      case .instructionSetUnavailable:
        text.put("SINF_ISA names kernels that are unknown or that this processor can't run")
      case .noMemory, .noThreads:
        code = Int32(SINF_ERROR_SYSTEM)
        text.put("the system refuses memory or threads")
      case .unreadableFile(let system):
        (code, number) = (Int32(SINF_ERROR_SYSTEM), system)
        text.put("the file can't be read or is no regular file")
      }
    case .frame(let error):
      switch error {
      case .memory(let wanted, let there):
        (code, needed, available) = (Int32(SINF_ERROR_MEMORY), wanted, there)
      case .options: break
      default: code = Int32(SINF_ERROR_PICTURE)
      }
      text.put(error)
    }
    text.close()
    to?.pointee.code = code
    to?.pointee.system_error = number
    to?.pointee.needed = needed
    to?.pointee.available = available
    return code
  }
}

/// The text of a caller's error, cut where its room ends.
private struct ErrorText {
  private let room: UnsafeMutableBufferPointer<UInt8>
  private var count = 0

  init(_ error: UnsafeMutablePointer<sinf_error>?) {
    guard let error else {
      room = UnsafeMutableBufferPointer(start: nil, count: 0)
      return
    }
    // It lies in the caller's memory, which stays.
    let text = withUnsafeMutablePointer(to: &error.pointee.text) { UnsafeMutableRawPointer($0) }
    room = UnsafeMutableBufferPointer(
      start: text.assumingMemoryBound(to: UInt8.self), count: 256)
  }

  mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
    // One byte is left for the closing zero.
    for byte in bytes where count + 1 < room.count {
      room[count] = byte
      count += 1
    }
  }

  mutating func put(_ text: StaticString) {
    put(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func put(_ error: FrameError) {
    guard room.count > 0 else { return }
    count = error.describe(into: UnsafeMutableBufferPointer(rebasing: room[..<(room.count - 1)]))
  }

  mutating func close() {
    if room.count > 0 { room[count] = 0 }
  }
}
