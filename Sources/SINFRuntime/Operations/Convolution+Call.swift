import CKernels
import SINFModel

// How convolutions become calls of kernels, whole or in part (ckernels.h says what callers may do),
// and what they cost.

extension ConvolutionView {
  func call(
    _ operation: OperationView, in base: UnsafeMutableRawPointer, part: Part
  ) -> ck_conv {
    let pad = padValues
    var call = ck_conv(
      input: operation.input.view(in: base), output: operation.output.view(in: base),
      window: window.call, weights: weights.baseAddress, bias: bias.baseAddress,
      weight_sums: weightSums.baseAddress, multiplier: multipliers.baseAddress,
      pad: (pad[0], pad[1], pad[2], pad[3]), zero_point: operation.output.zeroPoint, low: low,
      high: high, float_output: operation.output.element == .float32, pairs_fit: pairsFit)
    switch part {
    case .whole: break
    case .rows(let rows):
      call.output.narrow(to: rows)
      call.window.narrow(to: rows)
    case .panels(let panels):
      call.narrow(
        toPanels: panels, panelBytes: panelBytes(inputChannels: operation.input.channels))
    }
    return call
  }

  /// Bytes of one panel of 16 channels' weights.
  private func panelBytes(inputChannels: Int) -> Int {
    Packing.panelChannels * Packing.groupTaps
      * Packing.tapGroups(
        kernelHeight: window.kernelHeight, kernelWidth: window.kernelWidth,
        inputChannels: inputChannels)
  }

  /// Cost of a depthwise convolution: its multiply-accumulates are slower.
  static func depthwiseCost(_ operation: OperationView) -> UInt64 {
    operation.multiplyAccumulates &* 8
  }
}

extension ck_conv {
  fileprivate mutating func narrow(toPanels panels: Range<Int>, panelBytes: Int) {
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
