import Foundation

/// The golden file of the format's tests.
enum SmallModel {
  static func file() throws -> [UInt8] {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent()
    return Array(
      try Data(contentsOf: tests.appendingPathComponent("SINFModelTests/Golden/tiny-v1.sinf")))
  }
}

/// Bytes at a multiple of 64, as a mapping has them.
final class AlignedBytes {
  let bytes: UnsafeRawBufferPointer
  private let memory: UnsafeMutableRawPointer

  init(_ content: [UInt8]) {
    memory = .allocate(byteCount: max(content.count, 1), alignment: 64)
    memory.copyMemory(from: content, byteCount: content.count)
    bytes = UnsafeRawBufferPointer(start: memory, count: content.count)
  }

  deinit { memory.deallocate() }
}
