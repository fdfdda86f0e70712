import SINFModelWriter

extension Compilation {
  /// The plain model: the base network's, with a minimum share where a precision is asked for.
  public func plain() throws -> CompiledBase {
    var result = try compileBase()
    guard
      let choice = try precision(
        validation: result.validation.answers(), test: result.test.answers())
    else { return result }
    result.precision = choice
    result.description.minimumShare = choice.share
    result.file = try ModelWriter.bytes(for: result.description)
    return result
  }

  /// Throws `UnreachablePrecision` before the long part of a compilation where the base network is
  /// far from the precision: a model made from it won't get there.
  func checkPrecision(_ base: CompiledBase) throws {
    guard let wanted = options.minimumPrecision else { return }
    do throws(UnreachablePrecision) {
      _ = try GivenLabels.choose(base.validation.answers(), precision: wanted)
    } catch {
      guard let best = error.best, best.precision.value + best.precision.error < wanted else {
        return
      }
      throw error
    }
  }

  /// Gives a routed model, whose test run is there, its minimum share.
  func choosePrecision(_ model: inout CompiledModel) throws {
    guard let test = model.test, let chosen = model.chosen else { return }
    func answers(_ run: ModelRun) -> [Answer] {
      run.answers(threshold: chosen.threshold, stopMargin: chosen.stopMargin)
    }
    guard let choice = try precision(validation: answers(model.validation), test: answers(test))
    else { return }
    model.precision = choice
    model.description.minimumShare = choice.share
  }

  /// Nil where no precision is asked for. Only the answers of validation images choose.
  private func precision(validation: [Answer], test: [Answer]) throws -> PrecisionChoice? {
    guard let wanted = options.minimumPrecision else { return nil }
    let choice = try GivenLabels.choose(validation, precision: wanted)
    return PrecisionChoice(
      wanted: wanted, validation: choice, test: GivenLabels(test, from: choice.share))
  }
}
