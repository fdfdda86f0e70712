import SINFGraph
import SINFModel
import SINFModelWriter

extension Compilation {
  /// The plain int8 network, measured on validation and test images with the shipped runtime, and
  /// its float accuracy on test images.
  public func compileBase() throws -> CompiledBase {
    reporter.begin("measuring the float network")
    let float = try base.accuracy(of: split.test, in: images, progress: reporter.advance)
    let file = try plainFile(floatAccuracy: -1, run: nil)
    reporter.begin("running the int8 base network")
    let reporter = reporter
    let validation = try ModelRun.run(file, images: images, indices: split.validation) {
      reporter.advance($0 / 2)
    }
    let test = try ModelRun.run(file, images: images, indices: split.test) {
      reporter.advance(0.5 + $0 / 2)
    }
    return CompiledBase(
      file: try plainFile(floatAccuracy: float, run: test), validation: validation, test: test,
      floatTestAccuracy: float)
  }

  private func plainFile(floatAccuracy: Double, run: ModelRun?) throws -> [UInt8] {
    reporter.begin("quantising the base network")
    let quantized = try quantizer.quantize(
      NetworkParts(plain: base.graph),
      on: Calibration(images, indices: fitSample(options.calibrationImages)),
      progress: { [reporter] done, all in reporter.advance(Double(done) / Double(all)) })
    var metadata = metadata
    if let run {
      metadata.baseFloatAccuracy = Float(floatAccuracy)
      metadata.baseAccuracy = Float(run.wholeAccuracy)
      metadata.testImages = UInt32(run.count)
    }
    metadata.routedMultiplyAccumulates = UInt64(baseCost)
    let lowered = try lower(
      quantized, preprocessing: base.preprocessing, labels: images.classNames, metadata: metadata)
    return try ModelWriter.bytes(for: lowered.description)
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
