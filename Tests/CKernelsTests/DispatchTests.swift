import CKernels
import Testing

@Suite struct DispatchTests {
  @Test func theReferenceComesFirstAndNamesAreDistinct() {
    #expect(allKernels.first?.isa == "reference")
    #expect(Set(allKernels.map(\.isa)).count == allKernels.count)
  }

  @Test func tablesAreFoundByName() {
    for kernels in allKernels {
      #expect(ck_kernels_named(kernels.isa).map { String(cString: $0.pointee.isa) } == kernels.isa)
    }
    #expect(ck_kernels_named("6502") == nil)
    #expect(ck_kernels_at(ck_kernels_count()) == nil)
  }

  @Test func theReferenceTableHoldsReferenceKernelsOnly() {
    // Not a promise about speed: SINF_ISA=reference must run the definition itself.
    let reference = ck_kernels_named("reference")!.pointee
    for kernels in allKernels.dropFirst() {
      let same =
        unsafeBitCast(kernels.table.u8i8_conv, to: Int.self)
        == unsafeBitCast(reference.u8i8_conv, to: Int.self)
      #expect(!same, "\(kernels.isa)")
    }
  }
}
