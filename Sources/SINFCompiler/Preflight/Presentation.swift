import SINFModel

/// One way of showing pictures to a network.
public struct Presentation: Sendable, Equatable {
  public var normalization: InputNormalization
  /// The options of `sinfc` that ask for this normalisation.
  public var normalizationOption: String
  public var preprocessing: Preprocessing

  public init(
    normalization: InputNormalization, option: String, preprocessing: Preprocessing
  ) {
    self.normalization = normalization
    normalizationOption = option
    self.preprocessing = preprocessing
  }

  /// All options that differ from the program's own choices, normalisation always.
  public var options: String {
    var result = normalizationOption
    if preprocessing.colorOrder == .bgr { result += " --color-order bgr" }
    if preprocessing.fit == .stretch { result += " --fit stretch" }
    if preprocessing.cropPermille != 1000 { result += " --crop \(crop)" }
    return result
  }

  /// The options that turn `other` into this.
  public func change(from other: Presentation) -> String {
    var result: [String] = []
    if normalization != other.normalization { result.append(normalizationOption) }
    if preprocessing.colorOrder != other.preprocessing.colorOrder {
      result.append("--color-order \(preprocessing.colorOrder == .bgr ? "bgr" : "rgb")")
    }
    if preprocessing.fit != other.preprocessing.fit {
      result.append("--fit \(preprocessing.fit == .stretch ? "stretch" : "cover")")
    }
    if preprocessing.cropPermille != other.preprocessing.cropPermille {
      result.append("--crop \(crop)")
    }
    return result.joined(separator: " ")
  }

  private var crop: String {
    preprocessing.cropPermille == 1000 ? "1" : "\(Double(preprocessing.cropPermille) / 1000)"
  }

  /// The presets in both orders of colours, in the order in which of equals the first is taken.
  static func candidates(for preprocessing: Preprocessing) -> [Presentation] {
    let orders: [Preprocessing.ColorOrder] = preprocessing.channels == 3 ? [.rgb, .bgr] : [.grey]
    return orders.flatMap { order in
      NormalizationPreset.allCases.compactMap { preset in
        preset.normalization(channels: Int(preprocessing.channels)).map {
          var shown = preprocessing
          shown.colorOrder = order
          return Presentation(
            normalization: $0, option: "--normalization \(preset.rawValue)", preprocessing: shown)
        }
      }
    }
  }
}

/// What a network says of a number of images, shown in one way.
public struct Trial: Sendable {
  public var presentation: Presentation
  var predictions: [Int]
  var isRight: [Bool]

  public var count: Int { isRight.count }
  public var accuracy: Estimate { Estimate(right: isRight.count { $0 }, of: isRight.count) }
}
