import SINFGraph
import SINFModelWriter

/// 8-bit affine: real = scale * (stored - zeroPoint).
public struct QuantizationParameters: Hashable, Sendable {
  public var scale: Float
  public var zeroPoint: UInt8

  public init(scale: Float, zeroPoint: UInt8) {
    self.scale = scale
    self.zeroPoint = zeroPoint
  }

  /// The stored value nearest to `real`: ties to even, saturating. What is no number becomes zero.
  public func quantize(_ real: Float) -> UInt8 {
    if real.isNaN { return zeroPoint }
    let steps = (real / scale).rounded(.toNearestOrEven) + Float(zeroPoint)
    return UInt8(max(0, min(255, steps)))
  }

  public func dequantize(_ stored: UInt8) -> Float {
    scale * Float(Int(stored) - Int(zeroPoint))
  }

  /// The real values that 0 and 255 stand for.
  public var range: ClosedRange<Float> { dequantize(0)...dequantize(255) }
}

/// One part in integers.
public struct QuantizedGraph: Sendable {
  /// The part's graph as prepared for the runtime: operations that it has no form for are
  /// rewritten, channels of concatenations aligned. Its float weights are the original ones.
  public var graph: Graph
  /// Of every value but the image and the logits.
  public var parameters: [ValueID: QuantizationParameters]
  /// By index of the node in `graph`. Weights are those of the node's groups as they are.
  public var convolutions: [Int: QuantizedConvolution]
  /// Whether the part's input is the image, as bytes, rather than quantised features.
  public var readsImage: Bool
  /// What 8 bits cost, layer by layer.
  public var errors: [LayerError]
}

/// A whole model in integers: what the quantiser hands to `lower`.
public struct QuantizedParts: Sendable {
  public var features: QuantizedGraph?
  public var route: QuantizedGraph?
  public var subgraphs: [QuantizedGraph]
  public var whole: QuantizedGraph

  /// From the image to the scores: of a routed model features, then the whole network's rest.
  public var errors: [LayerError] { (features?.errors ?? []) + whole.errors }
}
