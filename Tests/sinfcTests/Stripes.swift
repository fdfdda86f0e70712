import CImageTestSupport
import SINFCompiler

/// Pictures of six classes: stripes along the rows or the columns, in three colours. What is
/// alike (the colour) shows in early features.
enum Stripes {
  static let names = [
    "blue-columns", "blue-rows", "green-columns", "green-rows", "red-columns", "red-rows",
  ]
  static let side = 16

  /// One picture, RGB bytes: width and phase of the stripes, brightness and noise differ.
  static func picture(of label: Int, _ generator: inout SeededGenerator) -> [UInt8] {
    let isRows = label % 2 == 1, color = 2 - label / 2
    let width = 2 + generator.below(2), phase = generator.below(4)
    let strong = 150 + generator.below(80)
    var pixels: [UInt8] = []
    for y in 0..<side {
      for x in 0..<side {
        let isStripe = ((isRows ? y : x) + phase) / width % 2 == 0
        for channel in 0..<3 {
          let value = (channel == color ? strong : 40) / (isStripe ? 1 : 3)
          pixels.append(UInt8(value + generator.below(25)))
        }
      }
    }
    return pixels
  }

  static func png(_ pixels: [UInt8], channels: Int = 3) -> [UInt8] {
    var picture = test_png()
    picture.width = UInt32(side)
    picture.height = UInt32(side)
    picture.color_type = channels == 3 ? 2 : 0
    picture.depth = 8
    return pixels.withUnsafeBufferPointer {
      picture.rows = $0.baseAddress
      return encoded { test_png_encode(&picture, $0, $1) }
    }
  }

  static func jpeg(_ pixels: [UInt8]) -> [UInt8] {
    var picture = test_jpeg()
    picture.width = UInt32(side)
    picture.height = UInt32(side)
    picture.colors = Int32(TEST_YCC)
    picture.quality = 95
    picture.horizontal = 1
    picture.vertical = 1
    return pixels.withUnsafeBufferPointer {
      picture.pixels = $0.baseAddress
      return encoded { test_jpeg_encode(&picture, $0, $1) }
    }
  }

  private static func encoded(_ encode: (UnsafeMutablePointer<UInt8>, Int) -> Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
      count = encode(buffer.baseAddress!, buffer.count)
    }
  }

  /// A folder of class folders: `count` pictures of each class, every fourth a JPEG file.
  static func write(_ count: Int, to folder: TemporaryFolder, _ name: String, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for (label, className) in names.enumerated() {
      for i in 0..<count {
        let pixels = picture(of: label, &generator)
        let isJPEG = i % 4 == 3
        try folder.write(
          "\(name)/\(className)/\(100 + i).\(isJPEG ? "jpg" : "png")",
          isJPEG ? jpeg(pixels) : png(pixels))
      }
    }
  }
}
