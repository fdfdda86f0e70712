import CSystem
import SINFModel

// What a run cost on average, for people: above the counts on standard error.

extension Report {
  mutating func putMeans() {
    guard totals.pictures > 0 else { return }
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
    guard options.showsTimes else { return }
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
    if peakBytes >= 0 {
      errors.put("; peak memory ")
      errors.put((UInt64(peakBytes) * 10 + (1 << 19)) >> 20, decimals: 1)
      errors.put(" M")
    }
    errors.put("\n")
  }
}
