import CKernels
import SINFModel

extension MultiplyView {
  func call(_ operation: OperationView, in base: UnsafeMutableRawPointer, part: Part) -> ck_mul {
    let repeats = repeats(over: operation.input)
    var call = ck_mul(
      a: operation.input.view(in: base), b: second.view(in: base),
      output: operation.output.view(in: base), repeats: repeats, multiplier: multiplier,
      zero_point_a: operation.input.zeroPoint, zero_point_b: second.zeroPoint,
      output_zero_point: operation.output.zeroPoint, low: low, high: high)
    if case .rows(let rows) = part {
      call.a.narrow(to: rows)
      if !repeats { call.b.narrow(to: rows) }
      call.output.narrow(to: rows)
    }
    return call
  }
}
