import CKernels
import SINFModel

extension CopyView {
  func call(_ operation: OperationView, in base: UnsafeMutableRawPointer, part: Part) -> ck_map {
    ck_map(operation, nil, in: base, part: part)
  }
}

extension LookupView {
  func call(_ operation: OperationView, in base: UnsafeMutableRawPointer, part: Part) -> ck_map {
    ck_map(operation, table.baseAddress, in: base, part: part)
  }
}

extension ck_map {
  /// Nil for a table copies.
  fileprivate init(
    _ operation: OperationView, _ table: UnsafePointer<UInt8>?, in base: UnsafeMutableRawPointer,
    part: Part
  ) {
    self.init(
      input: operation.input.view(in: base), output: operation.output.view(in: base), table: table)
    if case .rows(let rows) = part {
      input.narrow(to: rows)
      output.narrow(to: rows)
    }
  }
}
