import SINFModelWriter

/// A plain model that pictures without labels calibrated.
public struct CalibratedModel: Sendable {
  public var file: [UInt8]
  public var description: ModelDescription
  /// Pictures that calibrated at most, and others on which both were compared.
  public var calibrating: Int
  public var compared: Int
  /// How often 8 bits name the class that float32 names.
  public var agreement: Estimate
  /// Of one image.
  public var multiplyAccumulates: Int
}

extension Compilation {
  /// The base network in 8 bits, of images without labels. The file says nothing of accuracies.
  public func calibrated() throws -> CalibratedModel {
    let (description, _) = try plainDescription()
    let file = try ModelWriter.bytes(for: description)
    reporter.begin("comparing with the float network")
    // What float32 says is taken for right.
    var told = images
    for (image, named) in zip(split.test, try base.predictions(of: images.only(split.test))) {
      told.labels[image] = named
    }
    reporter.advance(0.7)
    let run = try ModelRun.run(file, images: told, indices: split.test) {
      [reporter] in reporter.advance(0.7 + 0.3 * $0)
    }
    return CalibratedModel(
      file: file, description: description,
      calibrating: min(split.fit.count, options.calibrationImages), compared: run.count,
      agreement: run.wholeEstimate, multiplyAccumulates: run.cost.whole)
  }
}
