import CKernels
import SINFModel

/// The chosen kernels, and how an operation of the file becomes a call. Nothing is checked here:
/// validation has bounded every size far inside 32 bits and every tensor inside the arena.
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
    switch operation.kind {
    case .convolution:
      var call = convolution(operation, base)
      call.narrow(to: part, panelBytes: operation.panelBytes)
      table.pointee.u8i8_conv(&call)
    case .depthwise:
      var call = convolution(operation, base)
      call.narrow(to: part, panelBytes: 0)
      table.pointee.u8i8_depthwise(&call)
    case .maxPool:
      var call = pool(operation, base)
      call.narrow(to: part)
      table.pointee.u8_maxpool(&call)
    case .averagePool:
      var call = pool(operation, base)
      call.narrow(to: part)
      table.pointee.u8_avgpool(&call)
    case .add:
      var call = ck_add(
        a: view(operation.input, base), b: view(operation.secondInput, base),
        output: view(operation.output, base), multiplier_a: operation.multiplier,
        multiplier_b: operation.secondMultiplier, zero_point_a: operation.input.zeroPoint,
        zero_point_b: operation.secondInput.zeroPoint,
        output_zero_point: operation.output.zeroPoint, low: operation.low, high: operation.high)
      call.narrow(to: part)
      table.pointee.u8_add(&call)
    case .copy, .lookup:
      var call = ck_map(
        input: view(operation.input, base), output: view(operation.output, base),
        table: operation.table.baseAddress)
      call.narrow(to: part)
      table.pointee.u8_map(&call)
    }
  }

  private func convolution(
    _ operation: OperationView, _ base: UnsafeMutableRawPointer
  ) -> ck_conv {
    let pad = operation.padValues
    return ck_conv(
      input: view(operation.input, base), output: view(operation.output, base),
      window: window(operation.window), weights: operation.weights.baseAddress,
      bias: operation.bias.baseAddress, weight_sums: operation.weightSums.baseAddress,
      multiplier: operation.multipliers.baseAddress,
      pad: (pad[0], pad[1], pad[2], pad[3]), zero_point: operation.output.zeroPoint,
      low: operation.low, high: operation.high,
      float_output: operation.output.element == .float32, pairs_fit: operation.pairsFit)
  }

  private func pool(_ operation: OperationView, _ base: UnsafeMutableRawPointer) -> ck_pool {
    ck_pool(
      input: view(operation.input, base), output: view(operation.output, base),
      window: window(operation.window), multiplier: operation.multiplier,
      input_zero_point: operation.input.zeroPoint, output_zero_point: operation.output.zeroPoint,
      counts_padding: operation.countsPadding)
  }

  private func view(_ tensor: TensorView, _ base: UnsafeMutableRawPointer) -> ck_view {
    ck_view(
      bytes: (base + tensor.arenaOffset).assumingMemoryBound(to: UInt8.self),
      height: int32(tensor.height), width: int32(tensor.width),
      channels: int32(tensor.channels), pixel_stride: int32(tensor.pixelStride))
  }

  private func window(_ window: WindowView) -> ck_window {
    ck_window(
      kernel_height: int32(window.kernelHeight), kernel_width: int32(window.kernelWidth),
      stride_height: int32(window.strideHeight), stride_width: int32(window.strideWidth),
      pad_top: int32(window.padTop), pad_left: int32(window.padLeft))
  }

  private func int32(_ value: Int) -> Int32 { Int32(truncatingIfNeeded: value) }
}
