import CKernels

/// A tensor for tests: a view with any stride and offset, the bytes around its channels known.
struct Image {
  let height: Int
  let width: Int
  let channels: Int
  let pixelStride: Int
  /// 1 for uint8, 4 for float32.
  let elementBytes: Int
  /// Bytes before the first pixel: a view's offset in a wider tensor.
  let offset: Int
  let storage: Guarded<UInt8>

  static let untouched: UInt8 = 0xA5

  /// `extraStride` widens the pixel by so many bytes. What is allocated ends with the last byte that
  /// a kernel may read: the last pixel's channels, filled up to a multiple of 4.
  init(
    _ height: Int, _ width: Int, _ channels: Int, extraStride: Int = 0, offset: Int = 0,
    elementBytes: Int = 1
  ) {
    self.height = height
    self.width = width
    self.channels = channels
    self.elementBytes = elementBytes
    self.offset = offset
    let pixelBytes = (channels * elementBytes + 3) / 4 * 4
    pixelStride = pixelBytes + extraStride
    storage = Guarded(
      count: offset + (height * width - 1) * pixelStride + pixelBytes, repeating: Image.untouched)
  }

  var view: ck_view {
    ck_view(
      bytes: storage.elements.baseAddress! + offset, height: Int32(height), width: Int32(width),
      channels: Int32(channels), pixel_stride: Int32(pixelStride))
  }

  func position(_ y: Int, _ x: Int, _ c: Int) -> Int {
    offset + (y * width + x) * pixelStride + c * elementBytes
  }

  subscript(_ y: Int, _ x: Int, _ c: Int) -> UInt8 {
    get { storage.elements[position(y, x, c)] }
    nonmutating set { storage.elements[position(y, x, c)] = newValue }
  }

  func float(_ y: Int, _ x: Int, _ c: Int) -> Float {
    UnsafeRawPointer(storage.elements.baseAddress! + position(y, x, c)).load(as: Float.self)
  }

  func fill(_ filling: Filling, _ random: inout Random) {
    var index = 0
    for y in 0..<height {
      for x in 0..<width {
        for c in 0..<channels {
          self[y, x, c] = filling.byte(index, &random)
          index += 1
        }
      }
    }
  }

  /// Whether all bytes that aren't a channel of this view still hold what was there at the start.
  var isUntouchedAround: Bool {
    var expected = Set<Int>()
    for y in 0..<height {
      for x in 0..<width {
        for c in 0..<channels * elementBytes {
          expected.insert(offset + (y * width + x) * pixelStride + c)
        }
      }
    }
    return storage.elements.indices.allSatisfy {
      expected.contains($0) || storage.elements[$0] == Image.untouched
    }
  }
}
