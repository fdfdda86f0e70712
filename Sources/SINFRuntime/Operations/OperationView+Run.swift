import CKernels
import SINFModel

extension OperationView {
  /// Computes the operation on the tensors behind `base`, or part `part` of it: different parts may
  /// be computed at the same time. Nothing is checked here: validation has bounded every size far
  /// inside 32 bits and every tensor inside the arena.
  func run(
    on kernels: UnsafePointer<ck_kernels>, in base: UnsafeMutableRawPointer, part: Part
  ) {
    let kernels = kernels.pointee
    switch function {
    case .convolution(let convolution):
      var call = convolution.call(self, in: base, part: part)
      kernels.u8i8_conv(&call)
    case .depthwise(let convolution):
      var call = convolution.call(self, in: base, part: part)
      kernels.u8i8_depthwise(&call)
    case .maxPool(let pool):
      var call = pool.call(self, in: base, part: part)
      kernels.u8_maxpool(&call)
    case .averagePool(let pool):
      var call = pool.call(self, in: base, part: part)
      kernels.u8_avgpool(&call)
    case .add(let add):
      var call = add.call(self, in: base, part: part)
      kernels.u8_add(&call)
    case .copy(let copy):
      var call = copy.call(self, in: base, part: part)
      kernels.u8_map(&call)
    case .lookup(let lookup):
      var call = lookup.call(self, in: base, part: part)
      kernels.u8_map(&call)
    case .multiply(let product):
      var call = product.call(self, in: base, part: part)
      kernels.u8_mul(&call)
    }
  }

  /// In multiply-accumulates of a convolution; other work by how many of those take as long, roughly,
  /// where both have vector instructions.
  var cost: UInt64 {
    switch function {
    case .convolution: multiplyAccumulates
    case .depthwise: ConvolutionView.depthwiseCost(self)
    case .maxPool(let pool): pool.window.poolCost(self)
    case .averagePool(let pool): pool.window.poolCost(self)
    case .add, .copy, .lookup, .multiply: UInt64(output.byteExtent) * 16
    }
  }
}

extension TensorView {
  /// The tensor as kernels see it.
  func view(in base: UnsafeMutableRawPointer) -> ck_view {
    ck_view(
      bytes: (base + arenaOffset).assumingMemoryBound(to: UInt8.self), height: int32(height),
      width: int32(width), channels: int32(channels), pixel_stride: int32(pixelStride))
  }
}

extension WindowView {
  var call: ck_window {
    ck_window(
      kernel_height: int32(kernelHeight), kernel_width: int32(kernelWidth),
      stride_height: int32(strideHeight), stride_width: int32(strideWidth),
      pad_top: int32(padTop), pad_left: int32(padLeft))
  }
}

private func int32(_ value: Int) -> Int32 { Int32(truncatingIfNeeded: value) }
