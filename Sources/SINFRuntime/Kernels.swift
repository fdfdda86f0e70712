import CKernels
import SINFModel

/// The chosen kernels.
struct Kernels {
  private let table: UnsafePointer<ck_kernels>

  /// The kernels of `instructionSet`; for nil those that SINF_ISA names, or else the fastest that
  /// this machine can run.
  init(instructionSet: UnsafePointer<CChar>?) throws(RuntimeError) {
    let table = instructionSet.map { ck_kernels_named($0) } ?? ck_kernels_choose()
    guard let table else { throw .instructionSetUnavailable }
    self.table = table
  }

  /// `ck_kernels.peak`.
  var peak: (@convention(c) (UInt64) -> UInt64)? { table.pointee.peak }

  var instructionSet: UnsafePointer<CChar> { table.pointee.isa.unsafelyUnwrapped }

  /// Computes one operation on the tensors behind `base`, or part `part` of it: different parts may
  /// be computed at the same time.
  func execute(
    _ operation: OperationView, in base: UnsafeMutableRawPointer, part: Part = .whole
  ) {
    operation.run(on: table, in: base, part: part)
  }
}
