import CKernels
import SINFModel

extension MaxPoolView {
  func call(_ operation: OperationView, in base: UnsafeMutableRawPointer, part: Part) -> ck_pool {
    ck_pool(
      input: operation.input.view(in: base), output: operation.output.view(in: base),
      window: window.call, multiplier: 0, input_zero_point: operation.input.zeroPoint,
      output_zero_point: operation.output.zeroPoint, counts_padding: false
    ).narrowed(to: part)
  }
}

extension AveragePoolView {
  func call(_ operation: OperationView, in base: UnsafeMutableRawPointer, part: Part) -> ck_pool {
    ck_pool(
      input: operation.input.view(in: base), output: operation.output.view(in: base),
      window: window.call, multiplier: multiplier, input_zero_point: operation.input.zeroPoint,
      output_zero_point: operation.output.zeroPoint, counts_padding: countsPadding
    ).narrowed(to: part)
  }
}

extension WindowView {
  /// Cost of a pool.
  func poolCost(_ operation: OperationView) -> UInt64 {
    UInt64(operation.output.byteExtent) * 8 &* UInt64(kernelHeight) &* UInt64(kernelWidth)
  }
}

extension ck_pool {
  fileprivate func narrowed(to part: Part) -> ck_pool {
    guard case .rows(let rows) = part else { return self }
    var call = self
    call.output.narrow(to: rows)
    call.window.narrow(to: rows)
    return call
  }
}
