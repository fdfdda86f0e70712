import SINFGraph
import SINFModel
import SINFModelWriter

extension Compilation {
  /// The plain int8 network, measured on validation and test images with the shipped runtime, and
  /// its float accuracy on test images.
  public func compileBase() throws -> CompiledBase {
    reporter.begin("measuring the float network")
    let floatIsRight = zip(
      try base.predictions(of: split.test, in: images, progress: reporter.advance), split.test
    ).map { $0 == images.labels[$1] }
    let float = Estimate(right: floatIsRight.count { $0 }, of: floatIsRight.count).value
    let (plain, errors) = try plainDescription()
    var description = plain
    let (validation, test) = try runs(of: description)
    description.metadata.baseFloatAccuracy = Float(float)
    description.metadata.baseAccuracy = Float(test.wholeAccuracy)
    description.metadata.testImages = UInt32(test.count)
    let file = try ModelWriter.bytes(for: description)
    return CompiledBase(
      file: file, description: description, validation: validation, test: test,
      floatTestAccuracy: float, floatIsRight: floatIsRight, layerErrors: errors,
      times: try PathTimes.measure(file, images: images, indices: split.validation))
  }

  func plainDescription() throws -> (ModelDescription, [LayerError]) {
    reporter.begin("quantising the base network")
    let quantized = try quantizer.quantize(
      NetworkParts(plain: base.graph),
      on: plainCalibration,
      progress: { [reporter] done, all in reporter.advance(Double(done) / Double(all)) })
    var metadata = metadata
    metadata.routedMultiplyAccumulates = UInt64(baseCost)
    let lowered = try lower(
      quantized, preprocessing: base.preprocessing, labels: images.classNames, metadata: metadata)
    return (lowered.description, quantized.errors)
  }

  /// Images for calibrating the whole network: pictures without labels where there are some.
  private var plainCalibration: Calibration {
    guard let unlabelled else {
      return Calibration(images, indices: fitSample(options.calibrationImages))
    }
    let all = Array(0..<unlabelled.count)
    return Calibration(
      unlabelled,
      indices: DataSplit.sample(
        min(options.calibrationImages, all.count), of: all, in: unlabelled, seed: options.seed))
  }

  var quantizer: Quantizer { Quantizer(normalization: base.normalization) }

  /// What every file of this compilation says about its origin.
  var metadata: ModelMetadata {
    ModelMetadata(
      compilerVersion: compilerVersion, inputDigest: inputDigest, networkName: base.name,
      seed: options.seed, baseMultiplyAccumulates: UInt64(baseCost),
      routedMultiplyAccumulates: 0)
  }
}
