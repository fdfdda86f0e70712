import Foundation
import SINFCompiler

/// What a compilation prints on standard output.
enum ResultText {
  static func plain(
    _ base: CompiledBase, _ content: ReportContent, file: String, compilation: Compilation,
    _ format: OutputFormat
  ) -> String {
    if format == .json {
      var object: [String: Any] = [
        "file": file, "bytes": base.file.count, "seed": compilation.options.seed,
        "split": compilation.split.origin, "test_images": base.test.count,
        "base_macs": base.test.cost.whole, "skipped": compilation.images.skipped.count,
        "classes": compilation.images.classCount,
        "classes_present": compilation.images.presentClasses.count,
      ]
      put(base.floatTestEstimate, "base_float_accuracy", &object)
      put(base.test.wholeEstimate, "base_int8_accuracy", &object)
      if let choice = base.precision { object["precision"] = PrecisionText.object(choice) }
      return json(object.merging(content.numbers) { own, _ in own })
    }
    var table = TextTable()
    table.add("", "accuracy", "MACs")
    table.add("base float32", base.floatTestEstimate.percent, millions(base.test.cost.whole))
    table.add("base int8", base.test.wholeEstimate.percent, millions(base.test.cost.whole))
    return """
      \(table.text)
      \(origin(base.test.count, compilation))\(lines(base.precision))
      wrote \(file), \(base.file.count) bytes\(GoalText.line(precision: base.precision))
      """
  }

  static func routed(
    _ model: CompiledModel, base: CompiledBase, _ content: ReportContent, file: String,
    compilation: Compilation, _ format: OutputFormat
  ) -> String {
    guard let test = model.test, let plan = model.plan, let chosen = model.chosen else { return "" }
    let map = plan.chosen.clusters.clusterOfClass
    let summary = test.routed(
      threshold: chosen.threshold, stopMargin: chosen.stopMargin, clusterOfClass: map)
    let goal = GoalText.Loss(model: model, base: base, allowed: compilation.allowedLoss)
    if format == .json {
      var object: [String: Any] = [
        "file": file, "bytes": model.file.count, "seed": compilation.options.seed,
        "split": compilation.split.origin, "test_images": test.count,
        "split_at": plan.chosen.name, "clusters": plan.chosen.clusters.names,
        "threshold": Double(chosen.threshold), "reaches_goal": model.reachesGoal,
        "base_macs": base.test.cost.whole, "routed_macs": summary.meanMultiplyAccumulates,
        "fallback_share": summary.fallbackShare, "stop_share": summary.stopShare,
        "stop_margin": Double(chosen.stopMargin), "loss": goal.loss.mean,
        "loss_standard_error": goal.loss.standardError, "allowed_loss": goal.allowed,
        "holds_on_test": goal.holds, "skipped": compilation.images.skipped.count,
      ]
      put(base.floatTestEstimate, "base_float_accuracy", &object)
      put(base.test.wholeEstimate, "base_int8_accuracy", &object)
      put(summary.accuracyEstimate, "routed_accuracy", &object)
      put(test.oracleEstimate, "oracle_accuracy", &object)
      put(summary.routeEstimate, "route_accuracy", &object)
      if !test.wholeClass.isEmpty { put(test.wholeEstimate, "whole_accuracy", &object) }
      if let choice = model.precision { object["precision"] = PrecisionText.object(choice) }
      return json(object.merging(content.numbers) { own, _ in own })
    }
    let whole = Double(base.test.cost.whole)
    var table = TextTable()
    table.add("", "accuracy", "MACs", "of base")
    table.add(
      "base float32", base.floatTestEstimate.percent, millions(base.test.cost.whole), "100.0 %")
    table.add(
      "base int8", base.test.wholeEstimate.percent, millions(base.test.cost.whole), "100.0 %")
    table.add(
      "SINF int8, routed", summary.accuracyEstimate.percent,
      millions(Int(summary.meanMultiplyAccumulates)),
      percent(summary.meanMultiplyAccumulates / whole))
    table.add("SINF int8, oracle route", test.oracleEstimate.percent)
    if !test.wholeClass.isEmpty {
      table.add(
        "SINF int8, fallback alone", test.wholeEstimate.percent, millions(test.cost.whole),
        percent(Double(test.cost.whole) / whole))
    }
    return """
      \(table.text)
      \(origin(test.count, compilation))
      split at \(plan.chosen.name), \(plan.chosen.clusters.count) clusters, route accuracy \
      \(summary.routeEstimate.percent), fallback share \(percent(summary.fallbackShare)) at \
      threshold \(String(format: "%.3f", chosen.threshold)), \(percent(summary.stopShare)) stopped at \
      the route predictor
      against base int8, on the same test images: \(goal.change) points\(lines(model.precision))
      wrote \(file), \(model.file.count) bytes\(GoalText.line(loss: goal, precision: model.precision))
      """
  }

  static func calibrated(
    _ model: CalibratedModel, file: String, compilation: Compilation, _ format: OutputFormat
  ) -> String {
    if format == .json {
      var object: [String: Any] = [
        "file": file, "bytes": model.file.count, "seed": compilation.options.seed,
        "calibration_pictures": model.calibrating, "compared_pictures": model.compared,
        "base_macs": model.multiplyAccumulates, "skipped": compilation.images.skipped.count,
      ]
      put(model.agreement, "agreement", &object)
      return json(object)
    }
    return """
      8 bits name the class that float32 names on \(model.agreement.percent) of \(model.compared) \
      pictures; \(model.calibrating) others calibrated; ± one standard error; seed \
      \(compilation.options.seed)
      no picture has a label, so nothing is known of accuracy: 'sinfc evaluate' with some that have
      wrote \(file), \(model.file.count) bytes
      """
  }

  /// "10 of 1000 classes" where some have no images.
  static func classes(_ images: LabelledImages) -> String? {
    let present = images.presentClasses.count
    return present < images.classCount ? "\(present) of \(images.classCount) classes" : nil
  }

  private static func origin(_ images: Int, _ compilation: Compilation) -> String {
    "on \(images) test images\(classes(compilation.images).map { " of \($0)" } ?? ""), ± one standard error; seed \(compilation.options.seed); "
      + compilation.split.origin
  }

  private static func lines(_ choice: PrecisionChoice?) -> String {
    choice.map { "\n" + PrecisionText.lines($0) } ?? ""
  }

  /// A share and, beside it, its standard error.
  static func put(_ estimate: Estimate, _ key: String, _ object: inout [String: Any]) {
    object[key] = estimate.value
    object[key + "_standard_error"] = estimate.error
  }

  static func json(_ object: [String: Any]) -> String {
    let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? JSONSerialization.data(withJSONObject: object, options: options) else {
      preconditionFailure("a result holds only numbers, texts and lists")
    }
    return String(decoding: data, as: UTF8.self)
  }

  static func percent(_ share: Double) -> String { String(format: "%.2f %%", share * 100) }

  static func decimals(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }

  /// "-2.81 ± 0.66".
  static func signed(_ value: Double, _ error: Double) -> String {
    String(format: "%+.2f ± %.2f", value, error)
  }

  static func millions(_ count: Int) -> String {
    String(format: "%.2f M", Double(count) / 1e6)
  }
}
