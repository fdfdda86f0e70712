import SINFModel

/// From a model file back to plain values: the writer's inverse.
extension ModelDescription {
  /// What the bytes of a model file describe. `ModelWriter.bytes(for:)` gives the same file again if
  /// it wrote this one.
  ///
  /// Errors: the first rule that the file breaks.
  public init(file bytes: [UInt8]) throws(ModelError) {
    let copy = UnsafeMutableRawBufferPointer.allocate(
      byteCount: bytes.count, alignment: Layout.alignment)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    self.init(try Model(validating: UnsafeRawBufferPointer(copy)))
  }

  /// What a model holds, copied out of its file.
  public init(_ model: Model) {
    self.init(
      preprocessing: model.preprocessing,
      labels: (0..<model.classCount).map { Self.text(model.label($0)) },
      clusters: (0..<model.clusterCount).map {
        ClusterDescription(
          name: Self.text(model.clusterName($0)), members: model.clusterMembers($0).map(Int.init),
          rows: model.clusterRows($0).map(Int.init))
      },
      route: model.isRouted
        ? RouteDescription(
          threshold: model.routeThreshold, inverseTemperature: model.routeInverseTemperature,
          scoreWeight: model.routeScoreWeight, stopMargin: model.stopMargin) : nil,
      tensors: (0..<model.tensorCount).map { TensorDescription(model.tensor($0)) },
      programs: (0..<model.programCount).map { ProgramDescription(model, $0) },
      arenaBytes: model.arenaBytes, metadata: ModelMetadata(model.metadata),
      minimumShare: model.minimumShare)
  }

  fileprivate static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self)
  }
}

extension TensorDescription {
  init(_ view: TensorView) {
    self.init(
      element: view.element, height: view.height, width: view.width, channels: view.channels,
      pixelStride: view.pixelStride, arenaOffset: view.arenaOffset, scale: view.scale,
      zeroPoint: view.zeroPoint)
  }
}

extension ProgramDescription {
  /// Program `index` in file order.
  init(_ model: Model, _ index: Int) {
    let view = model.program(at: index)
    let ends = model.tensorIndices(ofProgram: index)
    self.init(
      kind: view.kind, cluster: view.cluster, input: ends.input, output: ends.output,
      operations: (0..<view.operationCount).map {
        OperationDescription(
          view.operation($0), model.tensorIndices(ofOperation: view.firstOperation + $0))
      }, multiplyAccumulates: Int(view.multiplyAccumulates))
  }
}

extension ModelMetadata {
  init(_ view: MetadataView) {
    self.init(
      compilerVersion: ModelDescription.text(view.compilerVersion),
      inputDigest: Array(view.inputDigest), networkName: ModelDescription.text(view.networkName),
      seed: view.seed, baseMultiplyAccumulates: view.baseMultiplyAccumulates,
      routedMultiplyAccumulates: view.routedMultiplyAccumulates,
      baseFloatAccuracy: view.baseFloatAccuracy, baseAccuracy: view.baseAccuracy,
      routedAccuracy: view.routedAccuracy, routeAccuracy: view.routeAccuracy,
      fallbackShare: view.fallbackShare, testImages: view.testImages)
  }
}
