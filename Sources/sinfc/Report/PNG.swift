import CPNG
import Foundation
import SINFCompiler

/// Small pictures as parts of a page.
enum PNG {
  /// A `data:` address of 8-bit pixels, grey or RGB, row by row; nil if libpng has no memory.
  static func address(_ pixels: [UInt8], width: Int, height: Int, channels: Int) -> String? {
    precondition(pixels.count == width * height * channels && (channels == 1 || channels == 3))
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    image.width = png_uint_32(width)
    image.height = png_uint_32(height)
    // PNG_FORMAT_GRAY is 0.
    image.format = channels == 3 ? png_uint_32(PNG_FORMAT_FLAG_COLOR) : 0
    // What can't be compressed takes a little more than the pixels.
    var size = pixels.count + pixels.count / 8 + height + 4096
    var bytes = [UInt8](repeating: 0, count: size)
    let isWritten = bytes.withUnsafeMutableBytes { target in
      pixels.withUnsafeBytes { source in
        png_image_write_to_memory(&image, target.baseAddress, &size, 0, source.baseAddress, 0, nil)
      }
    }
    png_image_free(&image)
    guard isWritten != 0 else { return nil }
    return "data:image/png;base64," + Data(bytes.prefix(size)).base64EncodedString()
  }

  /// Sides of a picture in a page, in pixels, at most.
  private static let side = 80

  /// One image in true colours, made smaller by means over boxes where it is large.
  static func address(of image: Int, in images: LabelledImages, isBGR: Bool) -> String? {
    let (width, height, channels) = (images.width, images.height, images.channels)
    let start = images.byteRange(of: image).lowerBound
    let step = (max(width, height) + side - 1) / side
    let (w, h) = ((width + step - 1) / step, (height + step - 1) / step)
    var pixels = [UInt8](repeating: 0, count: w * h * channels)
    for y in 0..<h {
      for x in 0..<w {
        for c in 0..<channels {
          var sum = 0, count = 0
          for v in y * step..<min((y + 1) * step, height) {
            for u in x * step..<min((x + 1) * step, width) {
              sum += Int(images.pixels[start + (v * width + u) * channels + c])
              count += 1
            }
          }
          let channel = isBGR && channels == 3 ? 2 - c : c
          pixels[(y * w + x) * channels + channel] = UInt8((sum + count / 2) / count)
        }
      }
    }
    return address(pixels, width: w, height: h, channels: channels)
  }
}
