/// Means and deviations by name: what networks are usually trained with.
public enum NormalizationPreset: String, CaseIterable, Sendable {
  /// 0 ... 1.
  case unit
  /// 0 ... 255.
  case bytes
  /// -1 ... 1.
  case centered
  case imagenet, cifar10, cifar100

  /// Nil where the preset is for another number of channels.
  public func normalization(channels: Int) -> InputNormalization? {
    func same(_ x: Float) -> [Float] { [Float](repeating: x, count: channels) }
    let (mean, std): ([Float], [Float]) =
      switch self {
      case .unit, .bytes: (same(0), same(1))
      case .centered: (same(0.5), same(0.5))
      case .imagenet: ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
      case .cifar10: ([0.4914, 0.4822, 0.4465], [0.2470, 0.2435, 0.2616])
      case .cifar100: ([0.5071, 0.4866, 0.4409], [0.2673, 0.2564, 0.2762])
      }
    guard mean.count == channels else { return nil }
    return try? InputNormalization(mean: mean, std: std, scale: self == .bytes ? 1 : 1 / 255)
  }
}
