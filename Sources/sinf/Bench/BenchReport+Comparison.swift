import SINFModel
import SINFRuntime

extension BenchReport {
  /// An earlier report and this one side by side: medians, where they differ by how much.
  mutating func put(comparedWith old: Baseline, of path: UnsafePointer<CChar>) {
    output.put("\ncompared with ")
    output.put(path: bytes(of: path))
    output.put("\n")
    putTitle("")
    output.put("         old         new   new / old\n")
    for index in 0..<Stage.count {
      let stage = Stage(rawValue: index).unsafelyUnwrapped
      guard let before = old.times[index], let now = result.times[index] else { continue }
      if stage == .total, areSynthetic { continue }
      putTitle(stage.title)
      putMilliseconds(before.p50, now.p50)
      if stage == .network || stage == .total || stage == .base {
        putTitle("  p99")
        putMilliseconds(before.p99, now.p99)
      }
    }
    if let before = old.macsPerSecond {
      putTitle("10^9 MAC/s")
      let now = result.macsPerSecond
      output.put((before + 5_000_000) / 10_000_000, decimals: 2, width: 12)
      output.put((now + 5_000_000) / 10_000_000, decimals: 2, width: 12)
      putRatio(before, now)
    }
    if let before = old.peakResidentBytes, memory.peakResident >= 0 {
      putTitle("peak resident")
      putBytes(before, UInt64(memory.peakResident))
    }
    if let before = old.modelTouchedBytes, memory.touched >= 0 {
      putTitle("model touched")
      putBytes(before, UInt64(memory.touched))
    }
    putDifferences(old)
  }

  private mutating func putMilliseconds(_ old: UInt64, _ new: UInt64) {
    putThousandths(old)
    putThousandths(new)
    putRatio(old, new)
  }

  private mutating func putThousandths(_ nanoseconds: UInt64) {
    output.put((min(nanoseconds, UInt64.max - 500) + 500) / 1000, decimals: 3, width: 12)
  }

  private mutating func putBytes(_ old: UInt64, _ new: UInt64) {
    output.put(bytes: Int(clamping: old), width: 12)
    output.put(bytes: Int(clamping: new), width: 12)
    putRatio(old, new)
  }

  private mutating func putRatio(_ old: UInt64, _ new: UInt64) {
    if old > 0 {
      let ratio = min(Double(new) / Double(old), 1e6)
      output.put(UInt64(ratio * 1000 + 0.5), decimals: 3, width: 12)
    }
    output.put("\n")
  }

  /// What makes the two hard to compare, and what must not be.
  private mutating func putDifferences(_ old: Baseline) {
    let kind: StaticString = areSynthetic ? "noise" : "pictures"
    let sameModel = Hexadecimal(modelDigest) == old.modelDigest
    let sameLogits = Hexadecimal(result.digest) == old.logitsDigest
    let sameInputs = old.inputKind == kind && old.inputCount == result.inputCount
    let sameRoute =
      old.route == (options.classify.route.map { bytes(of: $0) } ?? StaticString("auto").bytes)
    if !sameModel { putDifference("the model is another one") }
    if !sameInputs { putDifference("the inputs are other ones") }
    if !sameRoute { putDifference("--route was another one") }
    if old.threads != UInt64(threads) { putDifference("the number of threads was another one") }
    if !(old.instructionSet == bytes(of: instructionSet)) {
      putDifference("the kernels were other ones: ", old.instructionSet)
    }
    if !sameLogits {
      putDifference(
        sameModel && sameInputs && sameRoute
          ? "WARNING: other logits for the same model: one of the two is wrong, or the pictures differ"
          : "the logits are other ones")
    } else {
      putTitle("digest")
      output.put("the same logits\n")
    }
  }

  private mutating func putDifference(
    _ text: StaticString, _ detail: UnsafeBufferPointer<UInt8>? = nil
  ) {
    putTitle("note")
    output.put(text)
    if let detail { output.put(printable: detail) }
    output.put("\n")
  }
}

/// A number as eight hexadecimal digits, to compare with a text.
private struct Hexadecimal {
  private let word: UInt32

  init(_ word: UInt32) { self.word = word }

  static func == (a: Hexadecimal, b: UnsafeBufferPointer<UInt8>) -> Bool {
    guard b.count == 8 else { return false }
    for index in 0..<8 {
      let digit = UInt8(truncatingIfNeeded: a.word >> UInt32(28 - 4 * index)) & 15
      if b[index] != hexadecimalDigit(digit) { return false }
    }
    return true
  }
}
