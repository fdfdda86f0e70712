/// A validated view over a model file: a trivial value (pointers and counts) that stays valid as
/// long as the file's bytes stay mapped and unchanged. Whoever holds it need check nothing again:
/// every pointer that it hands out lies inside the file, every tensor inside the planned arena.
///
/// Who is trusted: the file not at all until `init(validating:)` has returned; then completely,
/// which is why it must not be written to while it is mapped.
public struct Model {
  let file: FileBytes
  let sections: Sections

  public let preprocessing: Preprocessing
  public let classCount: Int
  /// 0 for a plain model, which has only a `.whole` program.
  public let clusterCount: Int
  public let tensorCount: Int
  public let programCount: Int
  /// Bytes that all tensors share: the planned size of the arena.
  public let arenaBytes: Int
  /// The best cluster is trusted when its probability is at least this; 0 in a plain model.
  public let routeThreshold: Float
  /// Factor of the route's logits before softmax; 0 in a plain model.
  public let routeInverseTemperature: Float
  /// Factor of the route's class scores where they are added to the final logits; 0 for not at all.
  public let routeScoreWeight: Float

  /// An answer is sure when the probability of its first class is at least this; 0 where nothing is
  /// said of that. Whoever runs the model may ask for another.
  public var minimumShare: Float { file.f32(Layout.Header.minimumShare) }

  /// An image stops at the route predictor, whose scores are then its answer, when the probabilities
  /// of its first two classes differ by at least this much; 0 for never.
  public var stopMargin: Float {
    isRouted
      ? file.f32(sections.programs + Layout.Program.stride + Layout.Program.stopMargin) : 0
  }

  /// Places before the end where an image may be answered.
  public var stopCount: Int { isRouted ? 1 : 0 }

  /// Of all programs together.
  public var operationCount: Int { sections.operationCount }

  /// Whether a route predictor chooses among subgraphs.
  public var isRouted: Bool { clusterCount > 0 }
  /// Whether the rest of the whole network is in the file (always so in a plain model).
  public var hasWhole: Bool { !isRouted || programCount > Model.firstSubgraph + clusterCount }
  /// The tensor that the picture is written to: 4 bytes a pixel.
  public var image: TensorView { program(at: 0).input }

  /// UTF-8 name of class `index`.
  public func label(_ index: Int) -> UnsafeBufferPointer<UInt8> {
    precondition(index >= 0 && index < classCount)
    return text(sections.labels + index * Layout.Text.stride)
  }

  /// UTF-8 name of cluster `index`.
  public func clusterName(_ index: Int) -> UnsafeBufferPointer<UInt8> {
    text(cluster(index) + Layout.Cluster.name)
  }

  /// The classes that belong to cluster `index`, ascending. Each class belongs to one cluster.
  public func clusterMembers(_ index: Int) -> UnsafeBufferPointer<UInt16> {
    let at = cluster(index)
    return classes(
      first: file.word(at + Layout.Cluster.firstMember),
      count: file.word(at + Layout.Cluster.memberCount))
  }

  /// The class of each logit of cluster `index`'s subgraph; all members are among them.
  public func clusterRows(_ index: Int) -> UnsafeBufferPointer<UInt16> {
    let at = cluster(index)
    return classes(
      first: file.word(at + Layout.Cluster.firstRow),
      count: file.word(at + Layout.Cluster.rowCount))
  }

  /// Tensor `index`, 0 ..< tensorCount.
  public func tensor(_ index: Int) -> TensorView {
    precondition(index >= 0 && index < tensorCount)
    let at = sections.tensors + index * Layout.Tensor.stride
    return TensorView(
      element: ElementType(rawValue: file.u8(at + Layout.Tensor.element)).unsafelyUnwrapped,
      height: file.short(at + Layout.Tensor.height), width: file.short(at + Layout.Tensor.width),
      channels: file.short(at + Layout.Tensor.channels),
      pixelStride: file.word(at + Layout.Tensor.pixelStride),
      arenaOffset: file.word(at + Layout.Tensor.arenaOffset),
      scale: file.f32(at + Layout.Tensor.scale),
      zeroPoint: file.u8(at + Layout.Tensor.zeroPoint))
  }

  /// The program of a kind, nil when the file has none; `cluster` chooses the subgraph.
  public func program(_ kind: ProgramKind, cluster: Int = 0) -> ProgramView? {
    switch kind {
    case .features: return isRouted ? program(at: 0) : nil
    case .route: return isRouted ? program(at: 1) : nil
    case .subgraph:
      guard cluster >= 0, cluster < clusterCount else { return nil }
      return program(at: Model.firstSubgraph + cluster)
    case .whole: return hasWhole ? program(at: programCount - 1) : nil
    }
  }

  /// Program `index`, 0 ..< programCount, in file order: features, route, the subgraphs by
  /// cluster, whole. A plain model has only the last.
  public func program(at index: Int) -> ProgramView {
    precondition(index >= 0 && index < programCount)
    let at = sections.programs + index * Layout.Program.stride
    let entry = Sections.entry(SectionKind.fixedCount + index)
    return ProgramView(
      kind: ProgramKind(rawValue: file.u8(at + Layout.Program.kind)).unsafelyUnwrapped,
      cluster: file.short(at + Layout.Program.cluster),
      input: tensor(file.short(at + Layout.Program.input)),
      output: tensor(file.short(at + Layout.Program.output)),
      operationCount: file.word(at + Layout.Program.operationCount),
      multiplyAccumulates: file.u64(at + Layout.Program.multiplyAccumulates),
      weights: UnsafeRawBufferPointer(
        start: file.base + file.word(entry + Layout.Section.offset),
        count: file.word(entry + Layout.Section.byteCount)),
      model: self, firstOperation: file.word(at + Layout.Program.firstOperation))
  }

  public var metadata: MetadataView {
    let at = sections.metadata
    typealias Field = Layout.Metadata
    return MetadataView(
      compilerVersion: text(at + Field.compilerVersion), networkName: text(at + Field.networkName),
      inputDigest: file.bytes(at + Field.inputDigest, count: 32), seed: file.u64(at + Field.seed),
      baseMultiplyAccumulates: file.u64(at + Field.baseMultiplyAccumulates),
      routedMultiplyAccumulates: file.u64(at + Field.routedMultiplyAccumulates),
      baseFloatAccuracy: file.f32(at + Field.baseFloatAccuracy),
      baseAccuracy: file.f32(at + Field.baseAccuracy),
      routedAccuracy: file.f32(at + Field.routedAccuracy),
      routeAccuracy: file.f32(at + Field.routeAccuracy),
      fallbackShare: file.f32(at + Field.fallbackShare),
      testImages: file.u32(at + Field.testImages))
  }

  /// File order of a routed model's programs.
  static let firstSubgraph = 2

  private func cluster(_ index: Int) -> Int {
    precondition(index >= 0 && index < clusterCount)
    return sections.clusters + index * Layout.Cluster.stride
  }

  private func text(_ at: Int) -> UnsafeBufferPointer<UInt8> {
    file.bytes(
      sections.text + file.word(at + Layout.Text.offset),
      count: file.word(at + Layout.Text.byteCount))
  }

  private func classes(first: Int, count: Int) -> UnsafeBufferPointer<UInt16> {
    file.elements(sections.classes + first * 2, count: count, as: UInt16.self)
  }
}
