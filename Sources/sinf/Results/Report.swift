import CSystem
import SINFModel
import SINFPictures
import SINFWatch

/// Where results go: one record a picture as soon as it is known, the counts at the end.
struct Report: ~Copyable {
  var output = Output(descriptor: Output.standardOutput)
  var errors = Output(descriptor: Output.standardError)
  let model: Model
  let options: ClassifyOptions
  /// Multiply-accumulates of the base network: what the share is a share of.
  let baseMultiplyAccumulates: UInt64
  /// Columns of the table's variable parts.
  let labelColumns: Int
  let clusterColumns: Int
  private(set) var totals = Totals()
  /// The table's head is written with its first row.
  var hasHead = false
  /// Resident memory of all processes together, at most; -1 for unknown.
  private(set) var peakBytes: Int64 = -1
  var memory: MemoryUse
  /// What `sinf watch` knows of the frame that is put next.
  var tag: FrameTag?

  init(_ model: Model, _ options: ClassifyOptions, _ memory: MemoryUse) {
    self.model = model
    self.memory = memory
    self.options = options
    baseMultiplyAccumulates = model.wholeMultiplyAccumulates
    var widest = 0
    for label in 0..<model.classCount { widest = max(widest, columns(model.label(label))) }
    let minimum = options.minimumShare ?? model.minimumShare
    // With a mark before those that are not sure.
    labelColumns = min(max(widest, 5), Report.widestLabel) + (minimum > 0 ? 2 : 0)
    widest = 0
    for cluster in 0..<model.clusterCount {
      widest = max(widest, columns(model.clusterName(cluster)))
    }
    clusterColumns = min(max(widest, 7), Report.widestCluster)
  }

  /// With these a table of a routed model is 90 columns wide, and a short name still fits on a line
  /// of 100.
  static let widestLabel = 20
  private static let widestCluster = 18

  /// Goes on with another model.
  mutating func replaceModel(_ model: Model) {
    let descriptor = output.descriptor
    self = Report(model, options, memory)
    output = Output(descriptor: descriptor)
  }

  /// Results go to the descriptor from now on, as if none had ever failed; see `Output` for `stop`.
  mutating func redirect(to descriptor: Int32, stop: Int32) {
    output = Output(descriptor: descriptor, stop: stop)
  }

  /// False when results can no longer be written.
  var canGoOn: Bool { output.error == 0 }

  mutating func begin() {
    if options.format == .csv { putCSVHead() }
  }

  mutating func put(
    _ path: UnsafePointer<CChar>, _ number: Int, _ result: Classifier.Result
  ) {
    let name = bytes(of: path)
    totals.add(result.info, result.outcome)
    memory.decoderPeak = max(memory.decoderPeak, result.info.decoderBytes)
    switch options.format {
    case .text: putText(name, number, result)
    case .json: putJSON(name, number, result)
    case .csv: putCSV(name, number, result)
    }
    // Whoever reads a pipe sees each picture when it is done.
    output.flush()
  }

  mutating func put(_ path: UnsafePointer<CChar>, _ number: Int, _ failure: Failure) {
    let name = bytes(of: path)
    switch options.format {
    case .text: break
    case .json: putJSON(name, number, failure)
    case .csv: putCSV(name, number, failure)
    }
    output.flush()
    errors.put("sinf: ")
    errors.put(pictureName: name, number)
    errors.put(": ")
    errors.put(failure)
    errors.put("\n")
    errors.flush()
  }

  /// Writes the counts; false when results could not be written, which is then said.
  ///
  /// - Parameter decoderPeak: resident memory of the decoding process alone, at most; -1 for unknown.
  mutating func end(_ counts: Counts, decoderPeak: Int64) -> Bool {
    let own = csys_peak_resident_bytes()
    peakBytes = own < 0 || decoderPeak < 0 ? -1 : own + decoderPeak
    if options.format == .json {
      putJSON(counts)
      output.flush()
    } else {
      if options.format == .text { putMeans() }
      putText(counts)
    }
    if output.error != 0 {
      errors.put("sinf: cannot write the results: ")
      errors.put(system: output.error)
      errors.put("\n")
    }
    errors.flush()
    return output.error == 0
  }
}

extension Output {
  /// The path; for a picture of a stream also which one.
  mutating func put(pictureName name: UnsafeBufferPointer<UInt8>, _ number: Int) {
    if name == "-" {
      put("standard input, picture ")
      put(number)
    } else {
      put(path: name)
    }
  }
}

extension Model {
  /// Cost of the network that was thinned: as the file says, or the whole path's in it; 0 where
  /// neither is known.
  var wholeMultiplyAccumulates: UInt64 {
    let base = metadata.baseMultiplyAccumulates
    guard base == 0, let whole = program(.whole) else { return base }
    return whole.multiplyAccumulates &+ (program(.features)?.multiplyAccumulates ?? 0)
  }
}

/// `part / whole` in millionths, at most a million times one; nil for a whole of 0.
func millionths(_ part: UInt64, of whole: UInt64) -> UInt64? {
  guard whole > 0 else { return nil }
  return UInt64(min(Double(part) / Double(whole), 1_000_000) * 1_000_000 + 0.5)
}
