import SINFPictures
import SINFRuntime
import SINFSystem
import SINFWatch

// SIGHUP: the model file anew.

extension Watch {
  /// Takes the model file in if it is in order; otherwise the model in use stays.
  mutating func reload() {
    loop.client.service.send("RELOADING=1")
    do throws(StartError) {
      if try loop.client.classifier.replaceModel(modelPath) {
        loop.client.report.replaceModel(loop.client.classifier.model)
        loop.client.forgetAnswers()
        loop.client.say("the model was read anew", modelPath)
      } else {
        try takeLargerModel()
      }
      counts.pointee.reloads += 1
    } catch {
      _ = loop.client.say(error, modelPath)
      loop.client.say("the model in use stays", modelPath)
    }
    loop.client.service.send("READY=1")
  }

  /// A model that is in order and doesn't fit into the pieces of memory that were taken at start: they
  /// are taken anew, within the same budget.
  private mutating func takeLargerModel() throws(StartError) {
    if options.shared.usesSandbox, !options.isOnce {
      loop.client.say("the model is read anew by a fresh process", modelPath)
      needsFreshProcess = true
      return
    }
    guard !options.shared.usesSandbox else { throw .largerModel }
    // Processes are made while there is one thread.
    loop.client.classifier.engine.stopThreads()
    do throws(StartError) {
      loop.client.classifier = try Classifier(
        model: modelPath, options.shared, reservedBytes: WatchTables.bytes(options))
    } catch {
      try loop.client.classifier.startThreads()
      throw error
    }
    loop.client.report.replaceModel(loop.client.classifier.model)
    loop.client.say("the model was read anew", modelPath)
    try loop.client.classifier.startThreads()
  }
}
