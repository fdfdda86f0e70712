import CImageTestSupport
import Glibc
import SINFPictures
import SINFModel
import Testing

/// Memory of a fixed size that lives as long as it is used.
private final class Block {
  let bytes: UnsafeMutableRawBufferPointer
  init(_ count: Int) { bytes = .allocate(byteCount: count, alignment: 64) }
  deinit { bytes.deallocate() }
}

/// A JPEG of one colour (4:4:4, so that its colour survives), 16 x 12.
private func plainJPEG(_ color: [UInt8], width: Int = 16, height: Int = 12) -> [UInt8] {
  let pixels = (0..<width * height).flatMap { _ in color }
  var file = [UInt8](repeating: 0, count: 1 << 16)
  let count = pixels.withUnsafeBufferPointer { pixels in
    var picture = test_jpeg()
    (picture.width, picture.height) = (UInt32(width), UInt32(height))
    (picture.pixels, picture.colors) = (pixels.baseAddress, Int32(TEST_RGB))
    picture.quality = 100
    return test_jpeg_encode(&picture, &file, file.count)
  }
  return Array(file[..<count])
}

private func plainPNG(_ color: [UInt8], width: Int, height: Int) -> [UInt8] {
  let pixels = (0..<width * height).flatMap { _ in color }
  var file = [UInt8](repeating: 0, count: 1 << 16)
  let count = pixels.withUnsafeBufferPointer { pixels in
    var picture = test_png()
    (picture.width, picture.height) = (UInt32(width), UInt32(height))
    (picture.color_type, picture.depth) = (color.count == 4 ? 6 : 2, 8)
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

@Suite struct FrameDecoderTests {
  private static let preprocessing = Preprocessing(
    width: 4, height: 2, channels: 3, colorOrder: .bgr, fit: .stretch, background: (10, 200, 60))

  /// Decodes one file and gives the pixels and the facts, or the error.
  private func decode(
    _ file: [UInt8], _ preprocessing: Preprocessing = preprocessing,
    decoderBytes: Int = FrameDecoder.suggestedDecoderBytes, maximumPixels: UInt64 = 1 << 24
  ) throws(FrameError) -> (pixels: [UInt8], info: FrameInfo) {
    let block = Block(
      FrameDecoder.bytesNeeded(preprocessing: preprocessing, decoderBytes: decoderBytes))
    var decoder = try FrameDecoder(
      preprocessing: preprocessing, memory: block.bytes, maximumPixels: maximumPixels)
    let content = Block(max(1, file.count))
    content.bytes.copyBytes(from: file)
    var source = ByteSource(memory: UnsafeRawBufferPointer(rebasing: content.bytes[..<file.count]))
    let input = Block(Int(preprocessing.width) * Int(preprocessing.height) * 4)
    let info = try decoder.decode(
      &source, into: input.bytes.baseAddress!.assumingMemoryBound(to: UInt8.self))
    return (Array(input.bytes), info)
  }

  @Test func ordersAndBackground() throws {
    let (jpeg, info) = try decode(plainJPEG([250, 128, 4]))
    #expect(jpeg == [UInt8]((0..<8).flatMap { _ in [4, 128, 250, 0] as [UInt8] }))
    #expect(info.format == .jpeg)
    #expect((info.width, info.height) == (16, 12))
    #expect(info.orientation == 1)
    #expect(info.byteCount == plainJPEG([250, 128, 4]).count)
    #expect(info.decodeNanoseconds > 0 && info.preprocessNanoseconds > 0)
    #expect(info.decoderBytes > 0)

    let (png, second) = try decode(plainPNG([1, 2, 3, 0], width: 5, height: 7))
    #expect(png == [UInt8]((0..<8).flatMap { _ in [60, 200, 10, 0] as [UInt8] }))
    #expect(second.format == .png)

    let grey = Preprocessing(width: 3, height: 1, channels: 1, colorOrder: .grey)
    // 0.299 * 100 + 0.587 * 50 + 0.114 * 200 = 82.05
    let (luma, _) = try decode(plainPNG([100, 50, 200], width: 5, height: 7), grey)
    #expect(luma == [82, 0, 0, 0, 82, 0, 0, 0, 82, 0, 0, 0])
  }

  @Test func onePictureAfterTheOtherFromAPipe() throws {
    let files = [
      plainJPEG([10, 20, 30]), plainPNG([40, 50, 60], width: 9, height: 3),
      plainJPEG([70, 80, 90]),
    ]
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    for file in files { #expect(write(ends[1], file, file.count) == file.count) }
    close(ends[1])
    defer { close(ends[0]) }
    let block = Block(FrameDecoder.bytesNeeded(preprocessing: Self.preprocessing))
    let buffer = Block(256)
    let input = Block(4 * 2 * 4)
    let pixels = input.bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
    var decoder = try FrameDecoder(preprocessing: Self.preprocessing, memory: block.bytes)
    var source = ByteSource(fileDescriptor: ends[0], buffer: buffer.bytes)
    var blues: [UInt8] = []
    while try source.nextPicture() {
      let before = source.offset
      let info = try decoder.decode(&source, into: pixels)
      #expect(info.offset == before)
      #expect(info.byteCount == UInt64(files[blues.count].count))
      blues.append(pixels[0])
    }
    #expect(blues == [30, 60, 90])
    #expect(source.offset == UInt64(files.map(\.count).reduce(0, +)))
  }

  @Test func aStreamGoesOnAfterADamagedPicture() throws {
    let jpeg = plainJPEG([10, 20, 30])
    let png = plainPNG([40, 50, 60], width: 9, height: 3)
    var damaged = png
    damaged[30] ^= 0x10
    var deep = jpeg
    deep[jpeg.indices.first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 }! + 4] = 16
    let stream = Array("noise".utf8) + jpeg + damaged + deep + png + [0xFF, 0xD8]
    let content = Block(stream.count)
    content.bytes.copyBytes(from: stream)
    let block = Block(FrameDecoder.bytesNeeded(preprocessing: Self.preprocessing))
    let input = Block(4 * 2 * 4)
    let pixels = input.bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
    var decoder = try FrameDecoder(preprocessing: Self.preprocessing, memory: block.bytes)
    var source = ByteSource(memory: UnsafeRawBufferPointer(content.bytes))
    var blues: [UInt8] = []
    var failures = 0
    while try source.nextPicture() {
      do throws(FrameError) {
        _ = try decoder.decode(&source, into: pixels)
        blues.append(pixels[0])
      } catch { failures += 1 }
    }
    #expect(blues == [30, 60])
    #expect(failures == 2)
    #expect(source.offset == UInt64(stream.count))
  }

  /// However a picture is cut short, the one behind it is found and decoded.
  @Test func noCutSwallowsTheNextPicture() throws {
    let jpeg = plainJPEG([10, 20, 30])
    let png = plainPNG([40, 50, 60], width: 9, height: 3)
    let block = Block(FrameDecoder.bytesNeeded(preprocessing: Self.preprocessing))
    let input = Block(4 * 2 * 4)
    let pixels = input.bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
    var decoder = try FrameDecoder(preprocessing: Self.preprocessing, memory: block.bytes)
    for (cut, next, blue) in [
      (jpeg, jpeg, UInt8(30)), (jpeg, png, 60), (png, jpeg, 30), (png, png, 60),
    ] {
      let whole = cut == jpeg ? cut.count - 2 : cut.count - 12
      for count in 1..<cut.count {
        let stream = Array(cut[..<count]) + next
        let content = Block(stream.count)
        content.bytes.copyBytes(from: stream)
        var source = ByteSource(memory: UnsafeRawBufferPointer(content.bytes))
        var last: UInt8 = 0
        var decoded = 0
        while try source.nextPicture() {
          do throws(FrameError) {
            _ = try decoder.decode(&source, into: pixels)
            last = pixels[0]
            decoded += 1
          } catch {}
        }
        // What is cut behind its last block is whole, and what stands there may be valid code.
        #expect(decoded == 1 || decoded == 2, "cut behind \(count) of \(cut.count)")
        if count >= whole { #expect(decoded == 2, "cut behind \(count) of \(cut.count)") }
        #expect(last == blue, "cut behind \(count) of \(cut.count)")
      }
    }
  }

  @Test func everyErrorSaysWhatWasFoundAndExpected() {
    let jpeg = plainJPEG([1, 2, 3])
    var damaged = plainPNG([1, 2, 3], width: 9, height: 9)
    damaged[damaged.count - 14] ^= 1
    var deep = jpeg
    // Sixteen-bit samples: SOF0's precision.
    let frame = deep.indices.first { deep[$0] == 0xFF && deep[$0 + 1] == 0xC0 }!
    deep[frame + 4] = 16
    let cases: [([UInt8], String)] = [
      ([], "empty: found 0 bytes, expected a JPEG or PNG picture"),
      (
        Array("GIF89a".utf8),
        "neither JPEG nor PNG: this is a GIF picture; convert it to JPEG or PNG, or set the camera "
          + "to JPEG"
      ),
      (
        [1, 2, 3, 4, 5, 6, 7, 8, 9],
        "neither JPEG nor PNG: begins with 01 02 03 04 05 06 07 08, expected FF D8 FF or "
          + "89 50 4E 47 0D 0A 1A 0A"
      ),
      (Array(jpeg[..<100]), "truncated: the data ends at byte 100 inside the picture"),
      (damaged, "corrupt, noticed at byte \(damaged.count - 12): IDAT: CRC error"),
      (
        deep, "not supported (byte \(frame)): a JPEG of 12 or 16 bits a sample; 8 are read"
      ),
      (
        plainPNG([1, 2, 3], width: 60, height: 50), "the picture has 3000 pixels, the limit is 2000"
      ),
    ]
    for (file, expected) in cases {
      do throws(FrameError) {
        _ = try decode(file, maximumPixels: 2000)
        Issue.record("decoded: \(expected)")
      } catch { #expect(text(error) == expected) }
    }
    do throws(FrameError) {
      _ = try decode(plainPNG([1, 2, 3], width: 1000, height: 2), decoderBytes: 20_032)
      Issue.record("decoded in 20,032 bytes")
    } catch {
      guard case .memory(let needed, 20_032) = error else {
        Issue.record("\(text(error))")
        return
      }
      #expect(
        text(error) == "decoding needs \(needed) bytes of memory, the decoder has 20032")
    }
  }

  @Test func failedReadsCarryTheirNumber() throws {
    let block = Block(FrameDecoder.bytesNeeded(preprocessing: Self.preprocessing))
    let buffer = Block(64)
    let input = Block(4 * 2 * 4)
    var decoder = try FrameDecoder(preprocessing: Self.preprocessing, memory: block.bytes)
    var source = ByteSource(fileDescriptor: 9999, buffer: buffer.bytes)
    do throws(FrameError) {
      _ = try decoder.decode(
        &source, into: input.bytes.baseAddress!.assumingMemoryBound(to: UInt8.self))
      Issue.record("decoded from a closed descriptor")
    } catch {
      guard case .io(EBADF) = error else {
        Issue.record("\(text(error))")
        return
      }
      #expect(text(error) == "reading failed: Bad file descriptor")
    }
  }

  @Test func preprocessingOutOfRangeIsRefused() {
    var order = Self.preprocessing
    order.channels = 2
    do throws(FrameError) {
      _ = try decode(plainJPEG([1, 2, 3]), order)
      Issue.record("decoded into two channels")
    } catch {
      #expect(text(error) == "preprocessing: unknown order of colours")
    }
    var crop = Self.preprocessing
    crop.cropPermille = 1001
    do throws(FrameError) {
      _ = try decode(plainJPEG([1, 2, 3]), crop)
      Issue.record("decoded with a crop of 1001 thousandths")
    } catch {
      #expect(text(error) == "preprocessing: the crop must be 1 to 1000 thousandths")
    }
    do throws(FrameError) {
      _ = try decode(plainJPEG([1, 2, 3]), decoderBytes: 64)
      Issue.record("made a decoder of 64 bytes")
    } catch {
      guard case .memory = error else {
        Issue.record("\(text(error))")
        return
      }
    }
  }
}
