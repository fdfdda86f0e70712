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
}
