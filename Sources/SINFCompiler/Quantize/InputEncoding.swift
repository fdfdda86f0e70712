/// How a convolution's input is stored, and so what a stored value is worth.
enum InputEncoding {
  case affine(QuantizationParameters)
  /// The image's bytes, whose normalisation goes into weights and bias.
  case image(InputNormalization)

  /// The real value of one stored step in channel `c`.
  func gain(_ c: Int) -> Float {
    switch self {
    case .affine(let parameters): parameters.scale
    case .image(let normalization): normalization.gain(c)
    }
  }

  /// The stored value, perhaps between two whole ones, that means zero in channel `c`.
  func zero(_ c: Int) -> Double {
    switch self {
    case .affine(let parameters): Double(parameters.zeroPoint)
    case .image(let normalization): Double(normalization.center(c))
    }
  }

  /// What stands outside the image, by channel modulo 4: zero, or as near to it as a byte gets.
  var padValues: [UInt8] {
    switch self {
    case .affine(let parameters):
      return Array(repeating: parameters.zeroPoint, count: 4)
    case .image(let normalization):
      return (0..<4).map { c in
        guard c < normalization.channels else { return 0 }
        return UInt8(max(0, min(255, normalization.center(c).rounded(.toNearestOrEven))))
      }
    }
  }
}
