import CSystem
import SINFPictures
import SINFRuntime
import SINFSystem
import SINFWatch

// Which model: the file's, anew at SIGHUP, or the one before it where that is no good.

extension Watch {
  /// The model at the path; or the one before it, where the first is refused or was given up.
  static func classifier(
    _ path: UnsafePointer<CChar>, old: UnsafePointer<CChar>, _ options: WatchOptions,
    _ counts: UnsafeMutablePointer<WatchCounts>
  ) throws(StartError) -> Classifier {
    let reserved = WatchTables.bytes(options)
    do throws(StartError) {
      let isGivenUp = counts.pointee.trial.isOver
      return try Classifier(
        model: isGivenUp ? old : path, options.shared, reservedBytes: reserved)
    } catch {
      guard error.isOfModelFile, csys_file_kind(old) == Int32(CSYS_FILE_REGULAR.rawValue),
        let classifier = try? Classifier(model: old, options.shared, reservedBytes: reserved)
      else { throw error }
      var errors = Output(descriptor: Output.standardError)
      errors.put(error, model: path, command: nil)
      errors.put("sinf: ")
      errors.put(path: bytes(of: old))
      errors.put(": the model before it is used instead\n")
      errors.flush()
      return classifier
    }
  }

  /// Under the model that was read anew each of the first pictures has failed.
  mutating func goBack() {
    let old = tables.oldModelPath
    counts.pointee.trial.goBack()
    guard csys_file_kind(old) == Int32(CSYS_FILE_REGULAR.rawValue) else { return }
    loop.client.say("each of the first pictures failed under this model", modelPath)
    do throws(StartError) {
      if try loop.client.classifier.replaceModel(old) {
        loop.client.report.replaceModel(loop.client.classifier.model)
        loop.client.forgetAnswers()
        loop.client.say("the model before it is used again", old)
      } else {
        try takeLargerModel(old)
      }
      counts.pointee.reloads += 1
    } catch {
      _ = loop.client.say(error, old)
    }
  }

  /// Takes the model file in if it is in order; otherwise the model in use stays.
  mutating func reload() {
    loop.client.service.send("RELOADING=1")
    do throws(StartError) {
      if try loop.client.classifier.replaceModel(modelPath) {
        loop.client.report.replaceModel(loop.client.classifier.model)
        loop.client.forgetAnswers()
        loop.client.say("the model was read anew", modelPath)
      } else {
        try takeLargerModel(modelPath)
      }
      counts.pointee.reloads += 1
      counts.pointee.trial.begin(counts.pointee.answers)
    } catch {
      _ = loop.client.say(error, modelPath)
      loop.client.say("the model in use stays", modelPath)
    }
    loop.client.service.send("READY=1")
  }

  /// A model that is in order and doesn't fit into the pieces of memory that were taken at start: they
  /// are taken anew, within the same budget.
  private mutating func takeLargerModel(_ path: UnsafePointer<CChar>) throws(StartError) {
    if options.shared.usesSandbox, !options.isOnce {
      loop.client.say("the model is read anew by a fresh process", path)
      needsFreshProcess = true
      return
    }
    guard !options.shared.usesSandbox else { throw .largerModel }
    // Processes are made while there is one thread.
    loop.client.classifier.engine.stopThreads()
    do throws(StartError) {
      loop.client.classifier = try Classifier(
        model: path, options.shared, reservedBytes: WatchTables.bytes(options))
    } catch {
      try loop.client.classifier.startThreads()
      throw error
    }
    loop.client.report.replaceModel(loop.client.classifier.model)
    loop.client.say("the model was read anew", path)
    try loop.client.classifier.startThreads()
  }
}
