import CImageTestSupport
import CSystem
import Glibc
import SINFModel
import SINFPictures
import Testing

/// Memory as the decoding process needs it: mapped privately, never written here.
private final class Mapping {
  let bytes: UnsafeMutableRawBufferPointer
  init(_ count: Int) {
    bytes = UnsafeMutableRawBufferPointer(start: csys_map_anonymous(count), count: count)
  }
  deinit { csys_unmap(bytes.baseAddress, bytes.count) }
}

private func picture(jpeg isJPEG: Bool, width: Int, height: Int, seed: Int) -> [UInt8] {
  let pixels = (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 &* (seed &* 2 &+ 3)) }
  var file = [UInt8](repeating: 0, count: 1 << 20)
  let count = pixels.withUnsafeBufferPointer { pixels in
    if isJPEG {
      var picture = test_jpeg()
      (picture.width, picture.height) = (UInt32(width), UInt32(height))
      (picture.pixels, picture.colors) = (pixels.baseAddress, Int32(TEST_RGB))
      picture.quality = 90
      return test_jpeg_encode(&picture, &file, file.count)
    }
    var picture = test_png()
    (picture.width, picture.height) = (UInt32(width), UInt32(height))
    (picture.color_type, picture.depth) = (2, 8)
    picture.rows = pixels.baseAddress
    return test_png_encode(&picture, &file, file.count)
  }
  return Array(file[..<count])
}

private func text(_ error: FrameError) -> String {
  var line = [UInt8](repeating: 0, count: 256)
  let count = line.withUnsafeMutableBufferPointer { error.describe(into: $0) }
  return String(decoding: line[..<count], as: UTF8.self)
}

/// A decoding process gives what `FrameDecoder` gives, pictures and errors, on files and on streams.
@Suite(.serialized) struct DecoderProcessTests {
  private static let preprocessing = Preprocessing(
    width: 12, height: 9, channels: 3, colorOrder: .rgb)
  private static let decoderBytes = 1 << 20
  private static let inputBytes = 12 * 9 * 4

  /// A way through a stream: a line for each picture, with its pixels or its error.
  private typealias Line = String

  private func line(
    _ info: FrameInfo, _ pixels: UnsafeMutablePointer<UInt8>, _ source: borrowing ByteSource
  ) -> Line {
    let bytes = UnsafeBufferPointer(start: pixels, count: Self.inputBytes)
    let crc = csys_crc32(0, UnsafeRawPointer(pixels), bytes.count)
    return "\(info.format) \(info.width)x\(info.height) at \(info.offset) + \(info.byteCount), "
      + "\(info.decoderBytes), \(crc), \(source.offset)"
  }

  private func inProcess(_ stream: [UInt8], bufferBytes: Int) throws -> [Line] {
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: FrameDecoder.bytesNeeded(
        preprocessing: Self.preprocessing, decoderBytes: Self.decoderBytes), alignment: 64)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bufferBytes, alignment: 64)
    let pixels = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.inputBytes)
    defer {
      memory.deallocate()
      buffer.deallocate()
      pixels.deallocate()
    }
    var decoder = try FrameDecoder(
      preprocessing: Self.preprocessing, memory: memory, maximumPixels: 100_000)
    var lines: [Line] = []
    try Self.withPipe(stream) { descriptor in
      var source = ByteSource(fileDescriptor: descriptor, buffer: buffer)
      while try source.nextPicture() {
        do throws(FrameError) {
          let info = try decoder.decode(&source, into: pixels)
          lines.append(line(info, pixels, source))
        } catch {
          lines.append("\(text(error)), \(source.offset)")
        }
      }
    }
    return lines
  }

  private func apart(_ stream: [UInt8], bufferBytes: Int) throws -> [Line] {
    let memory = Mapping(
      FrameDecoder.bytesNeeded(
        preprocessing: Self.preprocessing, decoderBytes: Self.decoderBytes))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bufferBytes, alignment: 64)
    let pixels = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.inputBytes)
    defer {
      buffer.deallocate()
      pixels.deallocate()
    }
    var decoder = try DecoderProcess(
      DecoderProcess.Settings(
        windowBytes: bufferBytes, inputBytes: Self.inputBytes, maximumPixels: 100_000))
    try decoder.use(preprocessing: Self.preprocessing, memory: memory.bytes)
    var lines: [Line] = []
    try Self.withPipe(stream) { descriptor in
      var source = ByteSource(fileDescriptor: descriptor, buffer: buffer)
      while try source.nextPicture() {
        do throws(FrameError) {
          let info = try decoder.decode(&source, into: pixels)
          #expect(info.decodeNanoseconds > 0)
          lines.append(line(info, pixels, source))
        } catch {
          lines.append("\(text(error)), \(source.offset)")
        }
      }
    }
    return lines
  }

  /// A descriptor from which the bytes can be read: a file that is deleted already.
  private static func withPipe(_ bytes: [UInt8], _ body: (Int32) throws -> Void) throws {
    let file = try #require(tmpfile())
    defer { fclose(file) }
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    fflush(file)
    lseek(fileno(file), 0, SEEK_SET)
    try body(fileno(file))
  }

  /// Whole, damaged, cut, too large and unknown pictures behind each other.
  private static func stream() -> [UInt8] {
    var stream: [UInt8] = []
    for seed in 0..<12 {
      var file = picture(
        jpeg: seed % 2 == 0, width: 20 + seed * 17, height: 200 - seed * 13, seed: seed)
      switch seed {
      case 3: file[file.count / 2] ^= 0x40
      case 6: file.removeLast(file.count / 3)
      case 8: file += Array("nothing of a picture".utf8)
      default: break
      }
      stream += file
    }
    return stream + picture(jpeg: false, width: 400, height: 300, seed: 1)
      + picture(jpeg: true, width: 30, height: 30, seed: 2)
  }

  @Test(arguments: [64, 1000, 4096, 32_768, 1 << 20])
  func givesWhatADecoderGives(bufferBytes: Int) throws {
    let stream = Self.stream()
    let expected = try inProcess(stream, bufferBytes: bufferBytes)
    #expect(expected.count >= 13)
    #expect(try apart(stream, bufferBytes: bufferBytes) == expected)
  }

  @Test func readsFilesWithoutABuffer() throws {
    let file = picture(jpeg: false, width: 300, height: 250, seed: 5)
    let expected = try inProcess(file, bufferBytes: 4096)
    let memory = Mapping(
      FrameDecoder.bytesNeeded(
        preprocessing: Self.preprocessing, decoderBytes: Self.decoderBytes))
    var decoder = try DecoderProcess(
      DecoderProcess.Settings(windowBytes: 4096, inputBytes: Self.inputBytes))
    try decoder.use(preprocessing: Self.preprocessing, memory: memory.bytes)
    let pixels = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.inputBytes)
    defer { pixels.deallocate() }
    for bytes in [file, file + [1, 2, 3]] {
      try Self.withPipe(bytes) { descriptor in
        var source = ByteSource(file: descriptor)
        let info = try decoder.decode(&source, into: pixels)
        let found = line(info, pixels, source)
        #expect(found.prefix { $0 != "," } == expected[0].prefix { $0 != "," })
      }
    }
    try Self.withPipe([]) { descriptor in
      var source = ByteSource(file: descriptor)
      do throws(FrameError) {
        _ = try decoder.decode(&source, into: pixels)
        Issue.record("decoded nothing")
      } catch { #expect(text(error) == "empty: found 0 bytes, expected a JPEG or PNG picture") }
    }
    var closed = ByteSource(file: 9999)
    do throws(FrameError) {
      _ = try decoder.decode(&closed, into: pixels)
      Issue.record("decoded from a closed descriptor")
    } catch { #expect(text(error) == "reading failed: Bad file descriptor") }
  }

  @Test func refusesWhatDoesNotFit() throws {
    let memory = Mapping(1 << 20)
    var decoder = try DecoderProcess(
      DecoderProcess.Settings(windowBytes: 4096, inputBytes: Self.inputBytes))
    var large = Self.preprocessing
    large.width = 13
    var contradiction = Self.preprocessing
    contradiction.channels = 2
    for (preprocessing, expected) in [
      (large, "decoding needs 468 bytes of memory, the decoder has 432"),
      (contradiction, "preprocessing: unknown order of colours"),
    ] {
      do throws(FrameError) {
        try decoder.use(preprocessing: preprocessing, memory: memory.bytes)
        Issue.record("made a decoder: \(expected)")
      } catch { #expect(text(error) == expected) }
    }
    try decoder.use(preprocessing: Self.preprocessing, memory: memory.bytes)
    #expect(decoder.peakBytes > 0)
    #expect(decoder.residentBytes > 0)
  }
}
