import Foundation
import SINFCompiler

/// What a compilation prints on standard output.
enum ResultText {
  static func plain(
    _ base: CompiledBase, file: String, compilation: Compilation, _ format: OutputFormat
  ) -> String {
    if format == .json {
      return json([
        "file": file, "bytes": base.file.count, "seed": compilation.options.seed,
        "split": compilation.split.origin, "test_images": base.test.count,
        "base_macs": base.test.cost.whole, "base_float_accuracy": base.floatTestAccuracy,
        "base_int8_accuracy": base.test.wholeAccuracy,
        "skipped": compilation.images.skipped.count,
      ])
    }
    var table = TextTable()
    table.add("", "accuracy", "MACs")
    table.add("base float32", percent(base.floatTestAccuracy), millions(base.test.cost.whole))
    table.add("base int8", percent(base.test.wholeAccuracy), millions(base.test.cost.whole))
    return """
      \(table.text)
      on \(base.test.count) test images; seed \(compilation.options.seed); \
      \(compilation.split.origin)
      wrote \(file), \(base.file.count) bytes
      """
  }

  static func routed(
    _ model: CompiledModel, base: CompiledBase, file: String, compilation: Compilation,
    _ format: OutputFormat
  ) -> String {
    guard let test = model.test, let plan = model.plan, let chosen = model.chosen else { return "" }
    let map = plan.chosen.clusters.clusterOfClass
    let summary = test.routed(
      threshold: chosen.threshold, stopMargin: chosen.stopMargin, clusterOfClass: map)
    let loss = PairedLoss(
      from: base.test.wholeIsRight,
      to: test.isRight(threshold: chosen.threshold, stopMargin: chosen.stopMargin))
    if format == .json {
      var object: [String: Any] = [
        "file": file, "bytes": model.file.count, "seed": compilation.options.seed,
        "split": compilation.split.origin, "test_images": test.count,
        "split_at": plan.chosen.name, "clusters": plan.chosen.clusters.names,
        "threshold": Double(chosen.threshold), "reaches_goal": model.reachesGoal,
        "base_macs": base.test.cost.whole, "routed_macs": summary.meanMultiplyAccumulates,
        "base_float_accuracy": base.floatTestAccuracy,
        "base_int8_accuracy": base.test.wholeAccuracy, "routed_accuracy": summary.accuracy,
        "oracle_accuracy": test.oracleAccuracy, "route_accuracy": summary.routeAccuracy,
        "fallback_share": summary.fallbackShare, "stop_share": summary.stopShare,
        "stop_margin": Double(chosen.stopMargin), "loss": loss.mean,
        "loss_standard_error": loss.standardError, "skipped": compilation.images.skipped.count,
      ]
      if !test.wholeClass.isEmpty { object["whole_accuracy"] = test.wholeAccuracy }
      return json(object)
    }
    let whole = Double(base.test.cost.whole)
    var table = TextTable()
    table.add("", "accuracy", "MACs", "of base")
    table.add(
      "base float32", percent(base.floatTestAccuracy), millions(base.test.cost.whole), "100.0 %")
    table.add(
      "base int8", percent(base.test.wholeAccuracy), millions(base.test.cost.whole), "100.0 %")
    table.add(
      "SINF int8, routed", percent(summary.accuracy),
      millions(Int(summary.meanMultiplyAccumulates)),
      percent(summary.meanMultiplyAccumulates / whole))
    table.add("SINF int8, oracle route", percent(test.oracleAccuracy))
    if !test.wholeClass.isEmpty {
      table.add(
        "SINF int8, fallback alone", percent(test.wholeAccuracy), millions(test.cost.whole),
        percent(Double(test.cost.whole) / whole))
    }
    let points = String(format: "%+.2f ± %.2f", -100 * loss.mean, 100 * loss.standardError)
    let goal =
      model.reachesGoal
      ? "" : "\nThe goal was not reached on validation images; this is the best that was found."
    return """
      \(table.text)
      on \(test.count) test images; seed \(compilation.options.seed); \(compilation.split.origin)
      split at \(plan.chosen.name), \(plan.chosen.clusters.count) clusters, route accuracy \
      \(percent(summary.routeAccuracy)), fallback share \(percent(summary.fallbackShare)) at \
      threshold \(String(format: "%.3f", chosen.threshold)), \(percent(summary.stopShare)) stopped at \
      the route predictor
      against base int8, on the same test images: \(points) points\(goal)
      wrote \(file), \(model.file.count) bytes
      """
  }

  static func json(_ object: [String: Any]) -> String {
    let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? JSONSerialization.data(withJSONObject: object, options: options) else {
      preconditionFailure("a result holds only numbers, texts and lists")
    }
    return String(decoding: data, as: UTF8.self)
  }

  static func percent(_ share: Double) -> String { String(format: "%.2f %%", share * 100) }

  static func millions(_ count: Int) -> String {
    String(format: "%.2f M", Double(count) / 1e6)
  }
}
