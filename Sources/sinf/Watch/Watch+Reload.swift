import SINFSystem
import SINFWatch

// SIGHUP: the model file anew.

extension Watch {
  /// Takes the model file in if it is in order; otherwise the model in use stays.
  mutating func reload() {
    loop.client.service.send("RELOADING=1")
    do throws(StartError) {
      let fresh = try Classifier(
        model: modelPath, options.shared, reservedBytes: WatchTables.bytes(options))
      loop.client.classifier = fresh
      loop.client.report.replaceModel(loop.client.classifier.model)
      counts.pointee.reloads += 1
      loop.client.say("the model was read anew", modelPath)
    } catch {
      loop.client.report.errors.put(error, model: modelPath, command: nil)
      loop.client.report.errors.flush()
      loop.client.say("the model in use stays", modelPath)
    }
    loop.client.service.send("READY=1")
  }
}
