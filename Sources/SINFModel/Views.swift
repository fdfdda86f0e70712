/// A tensor in the arena, NHWC, one image: element (y, x, c) is at
/// `arenaOffset + (y * width + x) * pixelStride + c * elementBytes`.
public struct TensorView: Sendable {
  public let element: ElementType
  public let height: Int
  public let width: Int
  public let channels: Int
  /// Bytes from one pixel to the next, a multiple of 4 for every tensor that is read.
  public let pixelStride: Int
  /// Bytes from the arena's start: a multiple of 64, of 4 for a view of some channels of a wider
  /// tensor. Only the output of a copy may stand at any byte.
  public let arenaOffset: Int
  /// real = scale * (stored - zeroPoint); 1 and 0 for floats.
  public let scale: Float
  public let zeroPoint: UInt8

  public var elementBytes: Int { element == .uint8 ? 1 : 4 }
  /// Bytes of a pixel that an operation may write: channels, filled up to a multiple of 4 bytes.
  /// A copy writes `channels` exactly.
  public var pixelBytes: Int { (channels * elementBytes + 3) & ~3 }
  /// Bytes from the first to behind the last one of the tensor, the last pixel's filling included.
  public var byteExtent: Int { (height * width - 1) * pixelStride + pixelBytes }
  /// Of all pixels and channels.
  var elements: UInt64 { UInt64(height) &* UInt64(width) &* UInt64(channels) }
}

/// A window over height and width. Padding at the bottom and right is whatever the output's shape
/// implies; all of it together stays far inside 32 bits.
public struct WindowView: Hashable, Sendable {
  public let kernelHeight: Int
  public let kernelWidth: Int
  public let strideHeight: Int
  public let strideWidth: Int
  public let padTop: Int
  public let padLeft: Int

  /// Of the kernel.
  var elements: UInt64 { UInt64(kernelHeight) &* UInt64(kernelWidth) }
}

/// A straight run of operations.
public struct ProgramView {
  public let kind: ProgramKind
  /// The cluster of a `.subgraph`, otherwise 0.
  public let cluster: Int
  public let input: TensorView
  public let output: TensorView
  public let operationCount: Int
  /// Of all convolutions, borders counted in full.
  public let multiplyAccumulates: UInt64
  /// Everything that the operations compute with: one range of pages, touched by this program only.
  public let weights: UnsafeRawBufferPointer

  let model: Model
  /// Index of its first operation among those of all programs.
  public let firstOperation: Int

  /// Operation `index`, 0 ..< operationCount. Cost: some dozen loads.
  public func operation(_ index: Int) -> OperationView {
    precondition(index >= 0 && index < operationCount)
    return model.operation(firstOperation + index, weights: weights)
  }
}

/// What the file says about how it was made and how well it does. Checked for form, not for truth.
public struct MetadataView {
  /// UTF-8.
  public let compilerVersion: UnsafeBufferPointer<UInt8>
  /// UTF-8.
  public let networkName: UnsafeBufferPointer<UInt8>
  /// SHA-256 over the compiler's inputs, 32 bytes.
  public let inputDigest: UnsafeBufferPointer<UInt8>
  public let seed: UInt64
  /// Per image: of the base network, and the routed mean on the test part.
  public let baseMultiplyAccumulates: UInt64
  public let routedMultiplyAccumulates: UInt64
  /// Shares in 0 ... 1 of the test part; negative when not measured.
  public let baseFloatAccuracy: Float
  public let baseAccuracy: Float
  public let routedAccuracy: Float
  public let routeAccuracy: Float
  public let fallbackShare: Float
  /// Images of the test part.
  public let testImages: UInt32
}
