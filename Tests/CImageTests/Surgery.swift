/// A PNG chunk with its checksum, or a wrong one.
func pngChunk(_ name: String, _ content: [UInt8], damage: UInt32 = 0) -> [UInt8] {
  func number(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
  let body = Array(name.utf8) + content
  var sum = UInt32.max
  for byte in body {
    sum ^= UInt32(byte)
    for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
  }
  return number(UInt32(content.count)) + body + number(~sum ^ damage)
}

/// One block of a deflated stream, not compressed.
func storedBlock(_ bytes: [UInt8], isLast: Bool = false) -> [UInt8] {
  let (low, high) = (UInt8(bytes.count & 255), UInt8(bytes.count >> 8))
  return [isLast ? 1 : 0, low, high, ~low, ~high] + bytes
}

func adler(_ bytes: [UInt8]) -> [UInt8] {
  var (a, b): (UInt32, UInt32) = (1, 0)
  for byte in bytes {
    a = (a + UInt32(byte)) % 65521
    b = (b + a) % 65521
  }
  return [b >> 8, b, a >> 8, a].map { UInt8(truncatingIfNeeded: $0) }
}

/// A JPEG taken apart: where its segments, restart markers and end lie.
struct JPEGParts {
  var file: [UInt8]
  /// Offset and marker of each segment, SOI and EOI aside.
  var segments: [(offset: Int, marker: UInt8)] = []
  /// Offsets of the restart markers.
  var restarts: [Int] = []
  /// Offset of the first scan's data.
  var data = 0

  init(_ file: [UInt8]) {
    self.file = file
    var index = 2
    while file[index + 1] != 0xD9 {
      segments.append((index, file[index + 1]))
      let isScan = file[index + 1] == 0xDA
      index += 2 + Int(file[index + 2]) << 8 + Int(file[index + 3])
      guard isScan else { continue }
      if data == 0 { data = index }
      while file[index] != 0xFF || file[index + 1] == 0 || (0xD0...0xD7).contains(file[index + 1]) {
        if file[index] == 0xFF && file[index + 1] != 0 { restarts.append(index) }
        index += 1
      }
    }
  }

  func segment(_ marker: UInt8) -> Int { segments.first { $0.marker == marker }!.offset }

  /// The file with bytes put in before each of the offsets.
  func inserting(_ bytes: [UInt8], at offsets: [Int]) -> [UInt8] {
    var result = file
    for offset in offsets.sorted().reversed() { result.insert(contentsOf: bytes, at: offset) }
    return result
  }
}
