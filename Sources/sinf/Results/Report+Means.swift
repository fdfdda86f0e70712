import CSystem
import SINFModel

// What a run cost, for people: above the counts on standard error.

extension Report {
  mutating func putMeans() {
    guard totals.pictures > 0 else { return }
    if options.showsDetails {
      putMeanCost()
      if options.showsTimes { putMeanTimes() }
    }
    if options.showsTimes { putMemory() }
  }

  private mutating func putMeanCost() {
    if let share = millionths(totals.macs / totals.pictures, of: baseMultiplyAccumulates) {
      errors.put("mean MACs: ")
      errors.put((share + 500) / 1000, decimals: 1)
      errors.put(" % of the base network's")
      if model.isRouted {
        if model.stopMargin > 0 {
          errors.put("; stopped early: ")
          errors.put(totals.stops)
          errors.put(" of ")
          errors.put(totals.pictures)
        }
        errors.put("; fallbacks: ")
        errors.put(totals.fallbacks)
        errors.put(" of ")
        errors.put(totals.pictures)
      }
      errors.put("\n")
    }
  }

  private mutating func putMeanTimes() {
    errors.put("mean ms:")
    var stage = 0
    while let next = Totals.Stage(rawValue: stage) {
      stage += 1
      if !model.isRouted, next == .features || next == .route { continue }
      errors.put(stage == 1 ? " " : ", ")
      errors.put(next.name)
      errors.put(" ")
      errors.put((totals.mean(next) &+ 5000) / 10_000, decimals: 2)
    }
    errors.put("\n")
  }

  /// "memory: 3.1 M used of the budget of 9.2 M; program, libraries and mapped model hold 8.4 M besides".
  private mutating func putMemory() {
    errors.put("memory: ")
    errors.put(bytes: memory.usedBytes)
    errors.put(" used of the budget of ")
    errors.put(bytes: memory.budgetBytes)
    if let rest = memory.besides(peakBytes) {
      errors.put("; program, libraries and mapped model hold ")
      errors.put(bytes: Int(clamping: rest))
      errors.put(" besides")
    }
    errors.put("\n")
  }
}

/// What was used of --memory.
struct MemoryUse {
  /// All that may be taken.
  let budgetBytes: Int
  /// The most that the decoder may take for a picture.
  let decoderBytes: Int
  /// The most that it took.
  var decoderPeak = 0

  /// Tables, tensors, shared memory and the decoder's most.
  var usedBytes: Int { budgetBytes - decoderBytes + min(decoderPeak, decoderBytes) }

  /// What the processes held at most in resident memory beyond that; nil for unknown.
  func besides(_ peak: Int64) -> Int64? {
    peak < 0 ? nil : max(peak - Int64(usedBytes), 0)
  }
}
