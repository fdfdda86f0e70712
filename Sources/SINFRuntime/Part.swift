import CKernels

/// What is computed of an operation: all of it, some rows of its output, or, of a convolution, some
/// panels of its output's channels.
enum Part {
  case whole
  case rows(Range<Int>)
  case panels(Range<Int>)
}

extension ck_view {
  /// Some rows of it.
  mutating func narrow(to rows: Range<Int>) {
    bytes += rows.lowerBound * Int(width) * Int(pixel_stride)
    height = Int32(truncatingIfNeeded: rows.count)
  }
}

extension ck_window {
  /// For some rows of the output.
  mutating func narrow(to rows: Range<Int>) {
    pad_top -= Int32(truncatingIfNeeded: rows.lowerBound) &* stride_height
  }
}
