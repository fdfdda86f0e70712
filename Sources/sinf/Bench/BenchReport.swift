import CSystem
import SINFModel
import SINFPictures
import SINFRuntime

/// The result of `sinf bench` on standard output, as text or JSON.
struct BenchReport: ~Copyable {
  var output = Output(descriptor: Output.standardOutput)
  let options: BenchOptions
  let result: BenchResult
  let model: Model
  let modelPath: UnsafePointer<CChar>
  let modelBytes: Int
  /// CRC-32 of the model file.
  let modelDigest: UInt32
  /// NUL-terminated.
  let instructionSet: UnsafePointer<CChar>
  let threads: Int
  let areSynthetic: Bool
  let operationTimes: UnsafeMutableBufferPointer<OperationTimes>
  let memory: Memory
  let processors = Int(csys_processor_count())
  private let names: Names

  /// In bytes; -1 for unknown.
  struct Memory {
    let arena: Int
    let arenaUsed: Int
    let engine: Int
    let touched: Int64
    let resident: Int64
    let peakResident: Int64
  }

  /// What the machine calls its parts.
  private struct Names {
    var processor = InlineArray<256, UInt8>(repeating: 0)
    var processorCount = 0
    var governor = InlineArray<64, UInt8>(repeating: 0)
    var governorCount = 0
  }

  init(
    _ options: BenchOptions, _ path: UnsafePointer<CChar>, _ runner: borrowing BenchRunner
  ) {
    self.options = options
    result = runner.result
    modelPath = path
    model = runner.classifier.model
    areSynthetic = runner.areSynthetic
    operationTimes = runner.operationTimes
    instructionSet = runner.classifier.engine.instructionSet
    threads = options.classify.threads
    let file = runner.classifier.mapping.bytes
    modelBytes = file.count
    // Before the digest touches the rest of the file.
    memory = Memory(
      arena: runner.classifier.memoryBytes, arenaUsed: runner.classifier.memoryBytes,
      engine: Engine.arenaBytes(for: model, threads: threads),
      touched: min(file.baseAddress.map { csys_touched_bytes($0) } ?? -1, Int64(file.count)),
      resident: sum(csys_resident_bytes(), runner.classifier.decoder.residentBytes),
      peakResident: sum(csys_peak_resident_bytes(), runner.classifier.decoder.peakBytes))
    modelDigest = csys_crc32(0, file.baseAddress, file.count)
    var names = Names()
    names.processorCount = text(&names.processor, csys_processor_name)
    names.governorCount = text(&names.governor, csys_governor)
    self.names = names
  }

  /// The processor's name; nil for unknown.
  mutating func putProcessor(isJSON: Bool) {
    let name = names.processor
    put(name.span, names.processorCount, isJSON: isJSON)
  }

  mutating func putGovernor(isJSON: Bool) {
    let name = names.governor
    put(name.span, names.governorCount, isJSON: isJSON)
  }

  var hasGovernor: Bool { names.governorCount > 0 }

  private mutating func put(_ text: borrowing Span<UInt8>, _ count: Int, isJSON: Bool) {
    text.withUnsafeBufferPointer { all in
      let bytes = UnsafeBufferPointer(rebasing: all[..<count])
      if !isJSON {
        output.put(printable: count > 0 ? bytes : StaticString("unknown processor").bytes)
      } else if count > 0 {
        output.value(bytes)
      } else {
        output.null()
      }
    }
  }

  /// Whether the program was compiled without optimisation: its times mean nothing.
  static var isDebugBuild: Bool {
    #if DEBUG
      true
    #else
      false
    #endif
  }

  static var isEmbedded: Bool {
    #if hasFeature(Embedded)
      true
    #else
      false
    #endif
  }

  /// The share of the peak of all threads' cores, in millionths; nil where that is unknown.
  func peakShare(macsPerSecond: UInt64) -> UInt64? {
    guard let peak = result.peak else { return nil }
    return millionths(macsPerSecond, of: peak * UInt64(threads))
  }
}

/// Lets C write a text into the bytes; how many it wrote.
private func text<let capacity: Int>(
  _ bytes: inout InlineArray<capacity, UInt8>,
  _ fill: (UnsafeMutablePointer<CChar>, Int32) -> Int32
) -> Int {
  var span = bytes.mutableSpan
  return span.withUnsafeMutableBufferPointer { buffer in
    let start = UnsafeMutableRawPointer(buffer.baseAddress.unsafelyUnwrapped)
    return Int(fill(start.assumingMemoryBound(to: CChar.self), Int32(capacity)))
  }
}

/// -1 where one of them is unknown.
private func sum(_ a: Int64, _ b: Int64) -> Int64 {
  a < 0 || b < 0 ? -1 : a + b
}
