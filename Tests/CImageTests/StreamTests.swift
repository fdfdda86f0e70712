import CImage
import CImageTestSupport
import Glibc
import Testing

@Suite struct StreamTests {
  static let files: [[UInt8]] = HostileTests.small.map(\.1)

  @Test(arguments: [64, 100, 1000, 65536]) func severalPicturesInOneFile(_ capacity: Int) {
    let decoder = Decoder(9, 11)
    let alone = Self.files.map { decoder.decode($0) }
    let name = "/tmp/cimage-stream-\(getpid())-\(capacity)"
    let descriptor = open(name, O_RDWR | O_CREAT | O_TRUNC, 0o600)
    unlink(name)
    defer { close(descriptor) }
    for file in Self.files + Self.files {
      #expect(write(descriptor, file, file.count) == file.count)
    }
    lseek(descriptor, 0, SEEK_SET)
    var buffer = [UInt8](repeating: 0, count: capacity)
    buffer.withUnsafeMutableBytes {
      var source = cimg_source_from_descriptor(descriptor, $0.baseAddress, $0.count)
      var offset = 0
      for index in 0..<2 * Self.files.count {
        let file = Self.files[index % Self.files.count]
        #expect(cimg_source_ahead(&source, 1) == 1)
        #expect(decoder.decode(&source) == alone[index % Self.files.count], "picture \(index)")
        #expect(decoder.info.offset == offset)
        #expect(decoder.info.byte_count == file.count)
        offset += file.count
      }
      #expect(cimg_source_ahead(&source, 1) == 0)
      #expect(decoder.decode(&source) == nil)
      #expect(decoder.error.code == CIMG_EMPTY)
    }
  }

  @Test func severalPicturesInMemory() {
    let decoder = Decoder(9, 11)
    let stream = Self.files.flatMap { $0 }
    stream.withUnsafeBytes {
      var source = cimg_source_from_memory($0.baseAddress, $0.count)
      for file in Self.files {
        #expect(decoder.decode(&source) != nil)
        #expect(decoder.info.byte_count == file.count)
      }
      #expect(decoder.decode(&source) == nil)
      #expect(decoder.error.code == CIMG_EMPTY)
    }
  }

  @Test func aPipeThatGivesOneByteAtATime() async {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    let file = Self.files[2]
    let writer = Task.detached { [ends] in
      for byte in file + file {
        var byte = byte
        _ = write(ends[1], &byte, 1)
      }
      close(ends[1])
    }
    let decoder = Decoder(9, 11)
    let alone = decoder.decode(file)
    var buffer = [UInt8](repeating: 0, count: 64)
    buffer.withUnsafeMutableBytes {
      var source = cimg_source_from_descriptor(ends[0], $0.baseAddress, $0.count)
      #expect(decoder.decode(&source) == alone)
      #expect(decoder.decode(&source) == alone)
      #expect(decoder.decode(&source) == nil)
      #expect(decoder.error.code == CIMG_EMPTY)
    }
    await writer.value
    close(ends[0])
  }

  @Test func failedReads() {
    let decoder = Decoder(9, 11)
    var buffer = [UInt8](repeating: 0, count: 64)
    let folder = open("/tmp", O_RDONLY)
    defer { close(folder) }
    buffer.withUnsafeMutableBytes {
      var source = cimg_source_from_descriptor(folder, $0.baseAddress, $0.count)
      #expect(decoder.decode(&source) == nil)
      #expect(decoder.error.code == CIMG_IO)
      #expect(decoder.error.system_error == EISDIR)
      var closed = cimg_source_from_descriptor(9999, $0.baseAddress, $0.count)
      #expect(decoder.decode(&closed) == nil)
      #expect(decoder.error.system_error == EBADF)
    }
  }

  /// Pictures of a stream, and the code with which it ended.
  private func pictures(
    _ stream: [UInt8], capacity: Int? = nil
  ) -> (inputs: [[UInt8]], failures: Int, end: Int32) {
    let decoder = Decoder(9, 11)
    var result: (inputs: [[UInt8]], failures: Int, end: Int32) = ([], 0, 0)
    var error = cimg_error()
    func all(_ source: inout cimg_source) {
      while cimg_source_next(&source, &error) == CIMG_OK {
        if let input = decoder.decode(&source) {
          result.inputs.append(input)
        } else {
          result.failures += 1
        }
      }
    }
    guard let capacity else {
      stream.withUnsafeBytes {
        var source = cimg_source_from_memory($0.baseAddress, $0.count)
        all(&source)
      }
      return (result.inputs, result.failures, error.code)
    }
    let name = "/tmp/cimage-gaps-\(getpid())-\(UInt64.random(in: 0 ... .max))"
    let file = open(name, O_RDWR | O_CREAT | O_EXCL, 0o600)
    unlink(name)
    defer { close(file) }
    #expect(write(file, stream, stream.count) == stream.count)
    lseek(file, 0, SEEK_SET)
    var buffer = [UInt8](repeating: 0, count: capacity)
    buffer.withUnsafeMutableBytes {
      var source = cimg_source_from_descriptor(file, $0.baseAddress, $0.count)
      all(&source)
    }
    return (result.inputs, result.failures, error.code)
  }

  static let gaps: [(String, [UInt8])] = [
    ("nothing", []), ("padding", [0, 0, 0]), ("line end", [13, 10]), ("ones", [0xFF, 0xFF]),
    ("an odd end", [0xFF]), ("PNG's first byte", [0x89, 0x50]),
    (
      "multipart",
      Array("\r\n--frame\r\nContent-Type: image/jpeg\r\nContent-Length: 9\r\n\r\n".utf8)
    ),
    ("AVI", Array("RIFF".utf8) + [0, 0, 1, 0] + Array("AVI LIST00dc".utf8) + [9, 3, 0, 0]),
    ("much", [UInt8](repeating: 0x20, count: 100_000)),
  ]

  @Test(arguments: gaps.indices, [nil, 64, 1000, 65536]) func whatLiesBetweenCostsNothing(
    _ index: Int, _ capacity: Int?
  ) throws {
    let (name, gap) = Self.gaps[index]
    let decoder = Decoder(9, 11)
    let alone = try Self.files.map { try #require(decoder.decode($0)) }
    let stream = gap + Self.files.flatMap { $0 + gap }
    let found = pictures(stream, capacity: capacity)
    #expect(found.inputs == alone, "\(name)")
    #expect(found.failures == 0)
    #expect(found.end == CIMG_OK)
  }

  @Test func aStreamWithoutPicturesIsOneFailure() {
    #expect(pictures([]).end == CIMG_EMPTY)
    #expect(pictures([0]).end == CIMG_UNKNOWN)
    #expect(pictures(Array("<html>no camera</html>".utf8)).end == CIMG_UNKNOWN)
    #expect(pictures([UInt8](repeating: 0, count: 1 << 20), capacity: 4096).end == CIMG_UNKNOWN)
    // Endless: 64 MiB are enough.
    let zeros = open("/dev/zero", O_RDONLY)
    defer { close(zeros) }
    var buffer = [UInt8](repeating: 0, count: 65536)
    buffer.withUnsafeMutableBytes {
      var source = cimg_source_from_descriptor(zeros, $0.baseAddress, $0.count)
      var error = cimg_error()
      #expect(cimg_source_next(&source, &error) == CIMG_UNKNOWN)
      #expect(cimg_source_offset(&source) <= 65 << 20)
    }
  }

  /// A multi-picture file (CIPA DC-007) of which the first picture counts, as where it is a file.
  @Test(arguments: [nil, 64, 65536]) func attachedPicturesArePassedOver(_ capacity: Int?) throws {
    func number(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 255) } }
    let first = Self.files[0]
    let other = Self.files[1]
    let padding = [UInt8](repeating: 0, count: 5)
    func file(_ offset: Int, _ size: Int) -> [UInt8] {
      let entries =
        number(0x30000) + number(0) + number(0) + number(0)
        + number(0) + number(size) + number(offset) + number(0)
      let index =
        Array("MPF".utf8) + [0, 0x49, 0x49, 42, 0] + number(8) + [1, 0, 0x02, 0xB0, 7, 0]
        + number(32) + number(26) + number(0) + entries
      return Array(first[..<2]) + [0xFF, 0xE2, 0, UInt8(index.count + 2)] + index + first[2...]
        + padding + other
    }
    // Counted from behind "MPF" and 0.
    let offset = first.count + 4 + 4 + 58 + padding.count - 10
    let whole = file(offset, other.count)
    #expect(Array(whole[(offset + 10)...]) == other)
    let decoder = Decoder(9, 11)
    let input = try #require(decoder.decode(first))
    let found = pictures(whole + whole + other, capacity: capacity)
    #expect(found.inputs == [input, input, decoder.decode(other)])
    #expect(found.failures == 0)
    // An index that points elsewhere isn't believed.
    #expect(pictures(file(offset + 1, other.count), capacity: capacity).inputs.count == 2)
  }

  /// The picture is there when its last byte is, though the pipe stays open and nothing follows.
  @Test(arguments: files.indices) func nothingBehindThePictureIsWaitedFor(_ index: Int) {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    defer {
      close(ends[0])
      close(ends[1])
    }
    let decoder = Decoder(9, 11)
    let alone = decoder.decode(Self.files[index])
    // Where it would wait, reading fails.
    #expect(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0)
    let bytes = Self.gaps[6].1 + Self.files[index]
    var buffer = [UInt8](repeating: 0, count: 4096)
    buffer.withUnsafeMutableBytes {
      var source = cimg_source_from_descriptor(ends[0], $0.baseAddress, $0.count)
      var error = cimg_error()
      for _ in 0..<3 {
        #expect(write(ends[1], bytes, bytes.count) == bytes.count)
        #expect(cimg_source_next(&source, &error) == CIMG_OK)
        #expect(decoder.decode(&source) == alone)
      }
    }
  }
}
