import SINFPictures

/// What `sinf classify` was asked for; `sinf watch` and `sinf bench` share most of it.
struct ClassifyOptions {
  var model: UnsafePointer<CChar>?
  /// A file of public keys, one of which must have signed the model; nil: anybody's will do.
  var trustedKey: UnsafePointer<CChar>?
  var top = 1
  var format = Format.text
  /// nil: what the model and a large picture need.
  var memoryBytes: Int?
  var threads = 1
  /// nil: the model's own.
  var threshold: Float?
  /// What makes an answer sure; 0 for anything, nil: the model's own.
  var minimumShare: Float?
  var showsDetails = false
  /// A cluster's name or number, "auto" or "whole".
  var route: UnsafePointer<CChar>?
  var isRecursive = false
  var showsTimes = true
  /// Give up what is not needed once everything is open.
  var usesSandbox = true
  /// Rather do nothing than do it unconfined.
  var requiresSandbox = false
  /// Limit on a picture's width times height.
  var maximumPixels = FrameDecoder.suggestedMaximumPixels
  /// Time for decoding one picture.
  var frameTimeoutMilliseconds = DecoderProcess.suggestedTimeoutMilliseconds
  var asksHelp = false

  init() {}
}

extension ClassifyOptions: OptionTaker {
  static var command: Command { .classify }

  mutating func take(_ option: Option, _ value: OptionValue) throws(UsageError) {
    switch option {
    case .model: model = value.text
    case .trustedKey: trustedKey = value.text
    case .route: route = value.text
    case .routeThreshold: threshold = value.share
    case .minShare: minimumShare = value.share
    case .details: showsDetails = true
    case .memory: memoryBytes = value.number
    case .threads: threads = value.number
    case .top: top = value.number
    case .format: format = value.format ?? format
    case .noTimes: showsTimes = false
    case .recursive: isRecursive = true
    case .maxPixels: maximumPixels = UInt64(value.number)
    case .frameTimeout: frameTimeoutMilliseconds = value.number
    case .requireSandbox: requiresSandbox = true
    case .noSandbox: usesSandbox = false
    case .help: asksHelp = true
    // Of other commands.
    default: break
    }
  }

  /// Throws: `.contradiction` of --no-sandbox and --require-sandbox.
  func checkSandbox() throws(UsageError) {
    if requiresSandbox, !usesSandbox { throw .contradiction(.noSandbox, .requireSandbox) }
  }
}
