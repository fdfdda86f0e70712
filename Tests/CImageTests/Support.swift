import CImage
import CImageTestSupport
import Glibc

/// A decoder in a block of exactly its size, with a guard behind it that must stay as it is.
final class Decoder {
  let options: cimg_options
  let memory: UnsafeMutableRawBufferPointer
  let decoder: OpaquePointer?
  private(set) var info = cimg_info()
  private(set) var error = cimg_error()
  private static let guardBytes = 256

  init(
    _ width: Int, _ height: Int, order: Int = Int(CIMG_RGB), fit: Int = Int(CIMG_STRETCH),
    crop: Int = 1000, background: (UInt8, UInt8, UInt8) = (255, 255, 255),
    maximumPixels: UInt64 = 1 << 30, decoderBytes: Int = 1 << 20
  ) {
    var options = cimg_options(
      width: UInt16(width), height: UInt16(height), order: UInt8(order), fit: UInt8(fit),
      crop_permille: UInt16(crop), background: background, maximum_pixels: maximumPixels,
      decoder_bytes: decoderBytes)
    self.options = options
    let bytes = cimg_decoder_bytes(&options)
    memory = .allocate(byteCount: bytes + Self.guardBytes, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0xA5)
    decoder = cimg_decoder_create(memory.baseAddress, bytes, &options, &error)
  }

  deinit {
    if let decoder { cimg_decoder_destroy(decoder) }
    memory.deallocate()
  }

  /// The error as text.
  var message: String {
    var text = [CChar](repeating: 0, count: 256)
    let count = cimg_error_text(&error, &text, text.count)
    return String(decoding: text[..<count].map(UInt8.init), as: UTF8.self)
  }

  var guardIsIntact: Bool { memory.suffix(Self.guardBytes).allSatisfy { $0 == 0xA5 } }

  /// The input's pixels, four bytes each, or nil and `error`.
  func decode(_ source: inout cimg_source) -> [UInt8]? {
    var input = [UInt8](repeating: 0xEE, count: Int(options.width) * Int(options.height) * 4)
    return cimg_decode(decoder, &source, &input, &info, &error) == CIMG_OK ? input : nil
  }

  func decode(_ file: [UInt8]) -> [UInt8]? {
    file.withUnsafeBytes {
      var source = cimg_source_from_memory($0.baseAddress, $0.count)
      return decode(&source)
    }
  }
}

/// A picture of bytes, any number of components.
struct Raster: Equatable {
  var width: Int
  var height: Int
  var components: Int
  var pixels: [UInt8]

  /// Gradients with noise on top, the same on every run.
  init(_ width: Int, _ height: Int, _ components: Int, seed: UInt32 = 1) {
    (self.width, self.height, self.components) = (width, height, components)
    var state = seed &* 2_654_435_761 | 1
    pixels = []
    for y in 0..<height {
      for x in 0..<width {
        for c in 0..<components {
          state = state &* 1_664_525 &+ 1_013_904_223
          let ramp = (x * (3 + c) + y * (5 - c)) % 220
          pixels.append(UInt8(ramp + Int(state >> 27)))
        }
      }
    }
  }

  init(width: Int, height: Int, components: Int, pixels: [UInt8]) {
    (self.width, self.height, self.components) = (width, height, components)
    self.pixels = pixels
  }

  subscript(x: Int, y: Int, c: Int) -> Int { Int(pixels[(y * width + x) * components + c]) }

  func map(_ components: Int, _ transform: ([Int]) -> [Int]) -> Raster {
    var result = self
    result.components = components
    result.pixels = (0..<width * height).flatMap { index in
      transform(
        pixels[index * self.components..<(index + 1) * self.components].map(Int.init)
      ).map { UInt8($0) }
    }
    return result
  }

  /// The rule of docs/images.md, as directly as it can be written down.
  func resized(_ toWidth: Int, _ toHeight: Int) -> Raster {
    let across = Self.weights(width, toWidth)
    let down = Self.weights(height, toHeight)
    let total = across[0].reduce(0, +) * down[0].reduce(0, +)
    var result = Raster(
      width: toWidth, height: toHeight, components: components, pixels: [])
    for row in down {
      for column in across {
        for c in 0..<components {
          var sum = 0
          for (y, wy) in row.enumerated() where wy != 0 {
            for (x, wx) in column.enumerated() where wx != 0 { sum += wy * wx * self[x, y, c] }
          }
          result.pixels.append(UInt8((2 * sum + total) / (2 * total)))
        }
      }
    }
    return result
  }

  private static func weights(_ length: Int, _ cells: Int) -> [[Int]] {
    (0..<cells).map { cell in
      var row = [Int](repeating: 0, count: length)
      if length >= cells {
        for pixel in 0..<length {
          let overlap =
            min((cell + 1) * length, (pixel + 1) * cells) - max(cell * length, pixel * cells)
          row[pixel] = max(0, overlap)
        }
      } else {
        let position = (2 * cell + 1) * length - cells
        let low = Int((Double(position) / Double(2 * cells)).rounded(.down))
        let fraction = position - low * 2 * cells
        row[min(max(low, 0), length - 1)] += 2 * cells - fraction
        row[min(max(low + 1, 0), length - 1)] += fraction
      }
      return row
    }
  }

  /// As the decoder lays out its input: four bytes a pixel.
  var asInput: [UInt8] {
    (0..<width * height).flatMap { index -> [UInt8] in
      let pixel = pixels[index * components..<(index + 1) * components]
      let colors = components == 1 ? [pixel.first!, pixel.first!, pixel.first!] : Array(pixel)
      return colors + [0]
    }
  }
}

struct JPEGFile {
  var raster: Raster
  var colors = TEST_YCC
  var quality = 90
  var sampling = (1, 1)
  var progressive = false
  var singleBands = 0
  var arithmetic = false
  var restartRows = 0
  var omitHuffman = false
  var optimized = false
  var omitQuantization = false
  var app1: [UInt8]? = nil

  var bytes: [UInt8] {
    var file = [UInt8](repeating: 0, count: 1 << 20)
    let count = raster.pixels.withUnsafeBufferPointer { pixels in
      (app1 ?? [0]).withUnsafeBufferPointer { segment in
        var picture = test_jpeg(
          width: UInt32(raster.width), height: UInt32(raster.height),
          pixels: pixels.baseAddress, colors: Int32(colors), quality: Int32(quality),
          horizontal: Int32(sampling.0), vertical: Int32(sampling.1),
          progressive: progressive ? 1 : 0, single_bands: Int32(singleBands),
          arithmetic: arithmetic ? 1 : 0, restart_rows: Int32(restartRows),
          omit_huffman: omitHuffman ? 1 : 0, optimized: optimized ? 1 : 0,
          omit_quantization: omitQuantization ? 1 : 0,
          app1: app1 == nil ? nil : segment.baseAddress, app1_bytes: UInt32(app1?.count ?? 0))
        return test_jpeg_encode(&picture, &file, file.count)
      }
    }
    return Array(file[..<count])
  }
}

/// The library's own decode of a whole file: grey, RGB or CMYK as stored.
func plainDecode(_ file: [UInt8], scale: Int = 1) -> Raster {
  var pixels = [UInt8](repeating: 0, count: 1 << 22)
  var (width, height): (UInt32, UInt32) = (0, 0)
  let components = Int(
    test_jpeg_decode(
      file, file.count, UInt32(scale), &pixels, pixels.count, &width, &height))
  return Raster(
    width: Int(width), height: Int(height), components: components,
    pixels: Array(pixels[..<(Int(width) * Int(height) * components)]))
}

struct PNGFile {
  var width: Int
  var height: Int
  var colorType: Int
  var depth = 8
  var interlaced = false
  /// Packed as PNG packs rows.
  var rows: [UInt8]
  var palette: [UInt8]? = nil
  var transparency: [UInt8]? = nil
  var exif: [UInt8]? = nil

  init(_ raster: Raster, interlaced: Bool = false, exif: [UInt8]? = nil) {
    (width, height) = (raster.width, raster.height)
    colorType = [1: 0, 2: 4, 3: 2, 4: 6][raster.components]!
    rows = raster.pixels
    self.interlaced = interlaced
    self.exif = exif
  }

  /// Samples of any depth, `samples[y * width + x]` by components.
  init(_ width: Int, _ height: Int, colorType: Int, depth: Int, samples: [Int]) {
    (self.width, self.height, self.colorType, self.depth) = (width, height, colorType, depth)
    rows = []
    let line = samples.count / height
    for y in 0..<height {
      var bits = 0
      var count = 0
      for sample in samples[y * line..<(y + 1) * line] {
        bits = bits << depth | sample
        count += depth
        while count >= 8 {
          rows.append(UInt8(truncatingIfNeeded: bits >> (count - 8)))
          count -= 8
        }
      }
      if count > 0 { rows.append(UInt8(truncatingIfNeeded: bits << (8 - count))) }
    }
  }

  var bytes: [UInt8] {
    var file = [UInt8](repeating: 0, count: 1 << 20)
    func address(_ array: [UInt8]?) -> UnsafePointer<UInt8>? {
      guard let array else { return nil }
      let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, array.count))
      copy.initialize(from: array, count: array.count)
      return UnsafePointer(copy)
    }
    var picture = test_png(
      width: UInt32(width), height: UInt32(height), color_type: Int32(colorType),
      depth: Int32(depth), interlaced: interlaced ? 1 : 0, rows: address(rows),
      palette: address(palette), palette_count: Int32((palette?.count ?? 0) / 3),
      transparency: address(transparency),
      transparency_count: Int32(colorType == 3 ? transparency?.count ?? 0 : 1),
      exif: address(exif), exif_bytes: UInt32(exif?.count ?? 0))
    defer {
      for pointer in [picture.rows, picture.palette, picture.transparency, picture.exif] {
        pointer?.deallocate()
      }
    }
    return Array(file[..<test_png_encode(&picture, &file, file.count)])
  }
}

/// A TIFF block whose first directory has one entry before the orientation.
func exifBlock(_ orientation: Int, little: Bool = true, type: Int = 3, count: Int = 1) -> [UInt8] {
  func number(_ value: Int, _ bytes: Int) -> [UInt8] {
    let low = (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    return little ? low : low.reversed()
  }
  let mark: [UInt8] = little ? [0x49, 0x49] : [0x4D, 0x4D]
  // A value lies at the field's beginning, as long as its type.
  let size = [1: 1, 3: 2, 4: 4, 6: 1, 8: 2, 9: 4][type] ?? 2
  return mark + number(42, 2) + number(12, 4) + [9, 9, 9, 9] + number(2, 2)
    + number(0x0100, 2) + number(4, 2) + number(1, 4) + number(640, 4)
    + number(0x0112, 2) + number(type, 2) + number(count, 4) + number(orientation, size)
    + [UInt8](repeating: 0, count: 4 - size) + number(0, 4)
}
