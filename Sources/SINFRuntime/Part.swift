import CKernels
import SINFModel

/// What is computed of an operation: all of it, some rows of its output, or, of a convolution, some
/// panels of its output's channels.
enum Part {
  case whole
  case rows(Range<Int>)
  case panels(Range<Int>)
}

// How a kernel's call is narrowed to a part (ckernels.h says what callers may do).

extension ck_conv {
  /// `panelBytes`: of one panel's weights.
  mutating func narrow(to part: Part, panelBytes: Int) {
    switch part {
    case .whole: break
    case .rows(let rows):
      output.narrow(to: rows)
      window.narrow(to: rows)
    case .panels(let panels):
      let first = panels.lowerBound * Packing.panelChannels
      let end = min(panels.upperBound * Packing.panelChannels, Int(output.channels))
      output.bytes += first * (float_output ? 4 : 1)
      output.channels = Int32(truncatingIfNeeded: end - first)
      weights += panels.lowerBound * panelBytes
      bias += first
      weight_sums += first
      multiplier += first
    }
  }
}

extension ck_pool {
  mutating func narrow(to part: Part) {
    guard case .rows(let rows) = part else { return }
    output.narrow(to: rows)
    window.narrow(to: rows)
  }
}

extension ck_add {
  mutating func narrow(to part: Part) {
    guard case .rows(let rows) = part else { return }
    a.narrow(to: rows)
    b.narrow(to: rows)
    output.narrow(to: rows)
  }
}

extension ck_map {
  mutating func narrow(to part: Part) {
    guard case .rows(let rows) = part else { return }
    input.narrow(to: rows)
    output.narrow(to: rows)
  }
}

extension ck_view {
  fileprivate mutating func narrow(to rows: Range<Int>) {
    bytes += rows.lowerBound * Int(width) * Int(pixel_stride)
    height = Int32(truncatingIfNeeded: rows.count)
  }
}

extension ck_window {
  fileprivate mutating func narrow(to rows: Range<Int>) {
    pad_top -= Int32(truncatingIfNeeded: rows.lowerBound) &* stride_height
  }
}

extension OperationView {
  /// Bytes of one panel of 16 channels' weights of a convolution.
  var panelBytes: Int {
    Packing.panelChannels * Packing.groupTaps
      * Packing.tapGroups(
        kernelHeight: window.kernelHeight, kernelWidth: window.kernelWidth,
        inputChannels: input.channels)
  }
}
