/// What a stored element is.
public enum ElementType: UInt8, Sendable {
  /// 8-bit affine: real = scale * (stored - zeroPoint).
  case uint8 = 1
  /// IEEE 754 binary32: logits.
  case float32 = 2
}

/// What a program of the file is for.
public enum ProgramKind: UInt8, Sendable {
  /// Common feature extractor (CFE): image to features, run once for every image.
  case features = 1
  /// Semantic route predictor (SRP): features to one logit a cluster.
  case route = 2
  /// One cluster's thinned rest of the network: features to the logits of the cluster's rows.
  case subgraph = 3
  /// The rest of the whole network, for images whose route is not trusted: features to one logit
  /// a class. In a plain model without clusters it reads the image itself.
  case whole = 4
}

/// How a picture becomes the network's input, and what the network was trained to expect.
public struct Preprocessing: Hashable, Sendable {
  /// The input's size in pixels.
  public var width: UInt16
  public var height: UInt16
  /// 1 (grey) or 3.
  public var channels: UInt8
  public var colorOrder: ColorOrder
  public var fit: Fit
  /// Share of the picture's fitted region that is kept around its centre, in thousandths
  /// (1...1000): 875 for the ImageNet habit "resize to 256, crop 224".
  public var cropPermille: UInt16
  /// What shows through transparent pixels, red, green, blue.
  public var background: (red: UInt8, green: UInt8, blue: UInt8) {
    get { (backgroundRed, backgroundGreen, backgroundBlue) }
    set {
      (backgroundRed, backgroundGreen, backgroundBlue) = (
        newValue.red, newValue.green, newValue.blue
      )
    }
  }
  var backgroundRed: UInt8
  var backgroundGreen: UInt8
  var backgroundBlue: UInt8

  public enum ColorOrder: UInt8, Sendable {
    case rgb = 1
    case bgr = 2
    case grey = 3
  }

  /// How the picture's shape is reconciled with the input's.
  public enum Fit: UInt8, Sendable {
    /// The largest centred region of the input's aspect ratio.
    case cover = 1
    /// The whole picture, each axis scaled on its own.
    case stretch = 2
  }

  public init(
    width: UInt16, height: UInt16, channels: UInt8, colorOrder: ColorOrder, fit: Fit = .cover,
    cropPermille: UInt16 = 1000,
    background: (red: UInt8, green: UInt8, blue: UInt8) = (255, 255, 255)
  ) {
    self.width = width
    self.height = height
    self.channels = channels
    self.colorOrder = colorOrder
    self.fit = fit
    self.cropPermille = cropPermille
    backgroundRed = background.red
    backgroundGreen = background.green
    backgroundBlue = background.blue
  }
}
