// Writes the network input that FrameDecoder makes of each picture in a file to standard output,
// for tools/check-pixels.py: height * width * 4 bytes a picture.
//
//   dump-frame WIDTH HEIGHT rgb|bgr|grey cover|stretch CROP-PERMILLE RRGGBB DECODER-BYTES FILE
//
// Ends 0 and says on standard error what was decoded, or ends 1 and says why not.

import Glibc
import SINFPictures
import SINFModel

func put(_ bytes: UnsafeRawBufferPointer, on descriptor: Int32) {
  var rest = bytes
  while !rest.isEmpty {
    let written = write(descriptor, rest.baseAddress, rest.count)
    guard written > 0 else { exit(1) }
    rest = UnsafeRawBufferPointer(rebasing: rest[written...])
  }
}

func say(_ line: String) {
  Array((line + "\n").utf8).withUnsafeBytes { put($0, on: STDERR_FILENO) }
}

func fail(_ message: String) -> Never {
  say("dump-frame: \(message)")
  exit(1)
}

let arguments = CommandLine.arguments
guard arguments.count == 9, let width = UInt16(arguments[1]), let height = UInt16(arguments[2]),
  let crop = UInt16(arguments[5]), let color = UInt32(arguments[6], radix: 16),
  let decoderBytes = Int(arguments[7])
else {
  fail("expected WIDTH HEIGHT rgb|bgr|grey cover|stretch CROP RRGGBB DECODER-BYTES FILE")
}
let order: Preprocessing.ColorOrder =
  arguments[3] == "bgr" ? .bgr : arguments[3] == "grey" ? .grey : .rgb
let preprocessing = Preprocessing(
  width: width, height: height, channels: order == .grey ? 1 : 3, colorOrder: order,
  fit: arguments[4] == "stretch" ? .stretch : .cover, cropPermille: crop,
  background: (
    UInt8(truncatingIfNeeded: color >> 16), UInt8(truncatingIfNeeded: color >> 8),
    UInt8(truncatingIfNeeded: color)
  ))

let descriptor = open(arguments[8], O_RDONLY)
guard descriptor >= 0 else { fail("\(arguments[8]): errno \(errno)") }
let memory = UnsafeMutableRawBufferPointer.allocate(
  byteCount: FrameDecoder.bytesNeeded(preprocessing: preprocessing, decoderBytes: decoderBytes),
  alignment: 64)
let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16384, alignment: 64)
let count = Int(width) * Int(height) * 4
let input = UnsafeMutablePointer<UInt8>.allocate(capacity: count)

do throws(FrameError) {
  var decoder = try FrameDecoder(preprocessing: preprocessing, memory: memory)
  var source = ByteSource(fileDescriptor: descriptor, buffer: buffer)
  repeat {
    let info = try decoder.decode(&source, into: input)
    put(UnsafeRawBufferPointer(start: input, count: count), on: STDOUT_FILENO)
    say(
      "\(info.format) \(info.width)x\(info.height) orientation \(info.orientation) "
        + "scale 1/\(info.scaleDenominator) bytes \(info.byteCount) memory \(info.decoderBytes) "
        + "read \(info.readNanoseconds) decode \(info.decodeNanoseconds) "
        + "preprocess \(info.preprocessNanoseconds) ns")
  } while try source.nextPicture()
} catch {
  let text = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 256)
  let length = error.describe(into: text)
  fail("\(arguments[8]): " + String(decoding: text[..<length], as: UTF8.self))
}
