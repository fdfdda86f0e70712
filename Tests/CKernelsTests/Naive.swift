import CKernels

/// docs/numerics.md once more, in the plainest Swift: 64-bit sums, products of floats formed in
/// Double (where they are exact) and then rounded once, the standard library's ties to even.
enum Naive {
  /// A float32 product, rounded once.
  static func product(_ a: Float, _ b: Float) -> Float { Float(Double(a) * Double(b)) }

  /// clamp(zeroPoint + rne(value), low, high).
  static func quantise(_ value: Float, zeroPoint: UInt8, low: UInt8, high: UInt8) -> UInt8 {
    let rounded = Double(value).rounded(.toNearestOrEven) + Double(zeroPoint)
    return UInt8(min(max(rounded, Double(low)), Double(high)))
  }

  static func requantise(
    _ sum: Int64, _ multiplier: Float, zeroPoint: UInt8, low: UInt8, high: UInt8
  ) -> UInt8 {
    let converted = Float(Int32(sum))
    return quantise(product(converted, multiplier), zeroPoint: zeroPoint, low: low, high: high)
  }

  /// Calls `body` with the window's taps (ky, kx) and where they fall, nil outside the image.
  static func taps(
    _ window: ck_window, _ input: Image, _ oy: Int, _ ox: Int,
    _ body: (_ ky: Int, _ kx: Int, _ at: (y: Int, x: Int)?) -> Void
  ) {
    for ky in 0..<Int(window.kernel_height) {
      for kx in 0..<Int(window.kernel_width) {
        let y = oy * Int(window.stride_height) + ky - Int(window.pad_top)
        let x = ox * Int(window.stride_width) + kx - Int(window.pad_left)
        let inside = (0..<input.height).contains(y) && (0..<input.width).contains(x)
        body(ky, kx, inside ? (y, x) : nil)
      }
    }
  }

  /// The values inside the image that a pooling window sees in channel `c`.
  static func seen(_ window: ck_window, _ input: Image, _ oy: Int, _ ox: Int, _ c: Int) -> [UInt8] {
    var values: [UInt8] = []
    taps(window, input, oy, ox) { _, _, at in
      if let at { values.append(input[at.y, at.x, c]) }
    }
    return values
  }
}

/// Every table that this machine can run, by name.
var allKernels: [(isa: String, table: ck_kernels)] {
  (0..<ck_kernels_count()).map {
    let table = ck_kernels_at($0)!.pointee
    return (String(cString: table.isa), table)
  }
}
