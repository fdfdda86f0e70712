import CZlib
import Foundation

/// A folder for one test's files, gone with the object.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/sinf-data-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = path + "/" + name
    try FileManager.default.createDirectory(
      atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  func write(_ name: String, text: String) throws { try write(name, Array(text.utf8)) }
}

/// `bytes` as a gzip file.
func gzipped(_ bytes: [UInt8]) -> [UInt8] {
  var stream = z_stream()
  // 16 more than the window's bits asks for a gzip header.
  deflateInit2_(
    &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
    Int32(MemoryLayout<z_stream>.size))
  defer { deflateEnd(&stream) }
  var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))) + 64)
  var input = bytes
  let written = input.withUnsafeMutableBufferPointer { input in
    output.withUnsafeMutableBufferPointer { output in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      stream.next_out = output.baseAddress
      stream.avail_out = UInt32(output.count)
      deflate(&stream, Z_FINISH)
      return output.count - Int(stream.avail_out)
    }
  }
  return Array(output[..<written])
}

/// A ustar archive; names of 100 and more bytes get a GNU long name entry.
func tarArchive(_ files: [(name: String, bytes: [UInt8])]) -> [UInt8] {
  func entry(_ name: String, _ bytes: [UInt8], type: String) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, _ at: Int) {
      header.replaceSubrange(at..<at + text.utf8.count, with: text.utf8)
    }
    func octal(_ value: Int, _ digits: Int) -> String {
      let text = String(value, radix: 8)
      return String(repeating: "0", count: digits - text.count) + text
    }
    put(String(name.prefix(99)), 0)
    put(octal(0o644, 7), 100)
    put(octal(bytes.count, 11), 124)
    put(octal(0, 11), 136)
    put("        ", 148)
    put(type, 156)
    put("ustar", 257)
    put("00", 263)
    put(octal(header.reduce(0) { $0 + Int($1) }, 6), 148)
    header[154] = 0
    return header + bytes + [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
  }
  var result: [UInt8] = []
  for (name, bytes) in files {
    if name.utf8.count > 99 {
      result += entry("././@LongLink", Array(name.utf8) + [0], type: "L")
    }
    result += entry(name, bytes, type: name.hasSuffix("/") ? "5" : "0")
  }
  return result + [UInt8](repeating: 0, count: 1024)
}

/// An 8-bit RGB PNG of one colour.
func png(width: Int, height: Int, red: UInt8, green: UInt8, blue: UInt8) -> [UInt8] {
  func word(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 255) } }
  func chunk(_ type: String, _ bytes: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + bytes
    return word(bytes.count) + body + word(Int(crc32(0, body, UInt32(body.count))))
  }
  var raw: [UInt8] = []
  for _ in 0..<height {
    raw.append(0)
    for _ in 0..<width { raw += [red, green, blue] }
  }
  var packed = [UInt8](repeating: 0, count: Int(compressBound(UInt(raw.count))))
  var size = UInt(packed.count)
  compress(&packed, &size, raw, UInt(raw.count))
  return [137, 80, 78, 71, 13, 10, 26, 10]
    + chunk("IHDR", word(width) + word(height) + [8, 2, 0, 0, 0])
    + chunk("IDAT", Array(packed[..<Int(size)])) + chunk("IEND", [])
}
