import SINFModel

/// The form in which a network takes its pixels, and how the raw images of binary data sets get
/// into it. Their images are already of the network's size, so nothing is resized here.
struct PixelForm {
  var width: Int
  var height: Int
  var channels: Int
  var order: Preprocessing.ColorOrder

  init(_ preprocessing: Preprocessing) {
    width = Int(preprocessing.width)
    height = Int(preprocessing.height)
    channels = Int(preprocessing.channels)
    order = preprocessing.colorOrder
  }

  var bytesPerImage: Int { width * height * channels }

  /// Refuses raw images of another size than the network's.
  func check(width foundWidth: Int, height foundHeight: Int, path: String) throws {
    guard foundWidth == width && foundHeight == height else {
      throw DatasetError(
        path,
        "holds images of \(foundWidth)x\(foundHeight) pixels, the network takes \(width)x\(height)")
    }
  }

  /// One image from planes (red, green, blue, each `width * height` bytes) to HWC.
  func packPlanes(_ planes: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>) {
    let size = width * height
    for i in 0..<size {
      let (red, green, blue) = (planes[i], planes[size &+ i], planes[2 &* size &+ i])
      switch order {
      case .rgb:
        target[3 &* i] = red
        target[3 &* i &+ 1] = green
        target[3 &* i &+ 2] = blue
      case .bgr:
        target[3 &* i] = blue
        target[3 &* i &+ 1] = green
        target[3 &* i &+ 2] = red
      case .grey:
        target[i] = Self.luma(red, green, blue)
      }
    }
  }

  /// One grey image to HWC: a network with colours gets the same grey in each.
  func packGrey(_ source: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>) {
    for i in 0..<width * height {
      for c in 0..<channels { target[i &* channels &+ c] = source[i] }
    }
  }

  /// Rec. 601 luma in 16 bits of fraction, rounded: what JPEG calls Y.
  static func luma(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
    var sum: UInt32 = 32768
    sum += 19595 * UInt32(red)
    sum += 38470 * UInt32(green)
    sum += 7471 * UInt32(blue)
    return UInt8(sum >> 16)
  }
}
