/// A dense matrix, row after row.
public struct Matrix: Sendable {
  public var rows: Int
  public var columns: Int
  /// `rows * columns` numbers.
  public var storage: [Float]

  public init(rows: Int, columns: Int, storage: [Float]) {
    precondition(storage.count == rows * columns, "storage does not match the size")
    self.rows = rows
    self.columns = columns
    self.storage = storage
  }
}

/// What each output pixel of a convolution reads: one row a pixel, one column a tap in the order
/// of the weights, [kernelHeight][kernelWidth][inputChannelsPerGroup]; zero outside the image.
/// `weights * row + bias` is the pixel.
///
/// - Parameters:
///   - group: Which group's channels, 0 for an ordinary convolution.
///   - pixels: Output pixels to take, [image][row][column] flattened, in any order; nil for all.
/// - Precondition: The tensor has the convolution's input channels.
public func im2col(
  _ tensor: Tensor, _ convolution: Convolution, group: Int = 0, pixels: [Int]? = nil
) -> Matrix {
  precondition(tensor.shape.channels == convolution.inputChannels, "channels don't match")
  let window = WindowReader(convolution, input: tensor.shape, group: group)
  let available = tensor.count * window.outputHeight * window.outputWidth
  let rows = pixels?.count ?? available
  let columns = convolution.taps
  let storage = [Float](unsafeUninitializedCapacity: rows * columns) { buffer, written in
    written = rows * columns
    guard let target = buffer.baseAddress else { return }
    tensor.storage.withUnsafeBufferPointer { source in
      guard let source = source.baseAddress else { return }
      if let pixels {
        for (row, pixel) in pixels.enumerated() {
          precondition(pixel >= 0 && pixel < available, "no such pixel")
          window.copy(source, pixels: pixel..<pixel + 1, to: target + row * columns)
        }
      } else {
        window.copy(source, pixels: 0..<rows, to: target)
      }
    }
  }
  return Matrix(rows: rows, columns: columns, storage: storage)
}

/// Copies the windows of a convolution out of an NHWC tensor.
struct WindowReader {
  let input: Shape
  let outputHeight: Int
  let outputWidth: Int
  private let kernelHeight: Int
  private let kernelWidth: Int
  private let strideHeight: Int
  private let strideWidth: Int
  private let padding: Padding
  /// Channels of the group, and where they begin in a pixel.
  private let channels: Int
  private let firstChannel: Int

  init(_ convolution: Convolution, input: Shape, group: Int) {
    self.input = input
    kernelHeight = convolution.kernelHeight
    kernelWidth = convolution.kernelWidth
    strideHeight = convolution.strideHeight
    strideWidth = convolution.strideWidth
    padding = convolution.padding
    channels = convolution.inputChannelsPerGroup
    firstChannel = group * channels
    outputHeight =
      (input.height + padding.top + padding.bottom - kernelHeight) / strideHeight + 1
    outputWidth = (input.width + padding.left + padding.right - kernelWidth) / strideWidth + 1
  }

  /// Whether a run of output pixels is already a matrix where it lies: every window is one whole
  /// pixel, or the whole image.
  var isIdentity: Bool {
    guard padding == .none, channels == input.channels else { return false }
    let pointwise = kernelHeight == 1 && kernelWidth == 1 && strideHeight == 1 && strideWidth == 1
    return pointwise || (kernelHeight == input.height && kernelWidth == input.width)
  }

  /// Copies the windows of the output pixels in `range`, [image][row][column] flattened.
  func copy(
    _ source: UnsafePointer<Float>, pixels range: Range<Int>,
    to target: UnsafeMutablePointer<Float>
  ) {
    let pixelStride = input.channels
    let rowStride = input.width &* pixelStride
    let rowTaps = kernelWidth &* channels
    var target = target
    var x = range.lowerBound % outputWidth
    var y = range.lowerBound / outputWidth % outputHeight
    var image = source + range.lowerBound / (outputWidth * outputHeight) * input.count
    for _ in 0..<range.count {
      let left = x &* strideWidth &- padding.left
      // Columns of the kernel that meet the image.
      let first = max(0, 0 &- left)
      let end = max(first, min(kernelWidth, input.width &- left))
      for kernelY in 0..<kernelHeight {
        let row = y &* strideHeight &- padding.top &+ kernelY
        guard row >= 0, row < input.height, end > first else {
          target.update(repeating: 0, count: rowTaps)
          target += rowTaps
          continue
        }
        let line = image + (row &* rowStride &+ (left &+ first) &* pixelStride &+ firstChannel)
        if first > 0 { target.update(repeating: 0, count: first &* channels) }
        let inside = target + first &* channels
        if channels == pixelStride {
          inside.update(from: line, count: (end &- first) &* channels)
        } else {
          for column in 0..<(end &- first) {
            (inside + column &* channels).update(
              from: line + column &* pixelStride, count: channels)
          }
        }
        if end < kernelWidth {
          (target + end &* channels).update(repeating: 0, count: (kernelWidth &- end) &* channels)
        }
        target += rowTaps
      }
      x &+= 1
      if x == outputWidth {
        x = 0
        y &+= 1
        if y == outputHeight {
          y = 0
          image += input.count
        }
      }
    }
  }
}
