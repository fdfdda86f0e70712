import CKernels
import SINFModel

extension AddView {
  func call(_ operation: OperationView, in base: UnsafeMutableRawPointer, part: Part) -> ck_add {
    var call = ck_add(
      a: operation.input.view(in: base), b: second.view(in: base),
      output: operation.output.view(in: base), multiplier_a: multiplier,
      multiplier_b: secondMultiplier, zero_point_a: operation.input.zeroPoint,
      zero_point_b: second.zeroPoint, output_zero_point: operation.output.zeroPoint, low: low,
      high: high)
    if case .rows(let rows) = part {
      call.a.narrow(to: rows)
      call.b.narrow(to: rows)
      call.output.narrow(to: rows)
    }
    return call
  }
}
