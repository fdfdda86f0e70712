import SINFPictures
import SINFRuntime

/// Sums over the pictures that were classified: what the means at the end are made of.
struct Totals {
  private(set) var pictures: UInt64 = 0
  private(set) var fallbacks = 0
  private(set) var stops = 0
  private(set) var macs: UInt64 = 0
  /// Nanoseconds, by `Stage`.
  private var nanoseconds = InlineArray<6, UInt64>(repeating: 0)

  enum Stage: Int, Named {
    case read, decode, resize, features, route, rest

    var name: StaticString {
      switch self {
      case .read: "read"
      case .decode: "decode"
      case .resize: "resize"
      case .features: "CFE"
      case .route: "SRP"
      case .rest: "rest"
      }
    }
  }

  mutating func add(_ info: FrameInfo, _ outcome: Outcome) {
    pictures += 1
    if outcome.path == .fallback { fallbacks += 1 }
    if outcome.path == .stop { stops += 1 }
    macs &+= outcome.macs
    add(info.readNanoseconds, to: .read)
    add(info.decodeNanoseconds, to: .decode)
    add(info.preprocessNanoseconds, to: .resize)
    add(outcome.featuresNanoseconds, to: .features)
    add(outcome.routeNanoseconds, to: .route)
    add(outcome.restNanoseconds, to: .rest)
  }

  /// Nanoseconds a picture; 0 before the first.
  func mean(_ stage: Stage) -> UInt64 {
    pictures == 0 ? 0 : nanoseconds[stage.rawValue] / pictures
  }

  private mutating func add(_ count: UInt64, to stage: Stage) {
    nanoseconds[stage.rawValue] &+= count
  }
}
