import SINFModel

/// Turns a description into sections.
struct ModelLayout {
  private let model: ModelDescription
  private var text = SectionBytes()
  private var classes = SectionBytes()
  /// The lowest minor version of the format that has all that the file uses; known when the sections
  /// are.
  private(set) var needsMinorVersion: UInt16 = 0

  init(_ model: ModelDescription) {
    self.model = model
    if model.minimumShare != 0 { needsMinorVersion = 4 }
  }

  /// All sections in file order.
  mutating func sections() throws(DescriptionError)
    -> [(kind: SectionKind, index: Int, bytes: [UInt8])]
  {
    var labels = SectionBytes()
    for (index, label) in model.labels.enumerated() {
      var record = Record(byteCount: Layout.Text.stride, place: "label \(index)")
      try put(label, in: &record, 0)
      labels.append(record)
    }
    var clusters = SectionBytes()
    for (index, cluster) in model.clusters.enumerated() {
      clusters.append(try record(of: cluster, index))
    }
    let metadata = try metadataRecord().bytes
    var tensors = SectionBytes()
    for (index, tensor) in model.tensors.enumerated() {
      tensors.append(try ModelLayout.record(of: tensor, index))
    }
    var programs = SectionBytes()
    var operations = SectionBytes()
    var weights: [[UInt8]] = []
    var firstOperation = 0
    for (index, program) in ModelLayout.inFileOrder(model.programs).enumerated() {
      var record = try ModelLayout.record(of: program, index, firstOperation: firstOperation)
      if program.kind == .route, let margin = model.route?.stopMargin, margin != 0 {
        record.put(Layout.Program.stopMargin, margin)
        needsMinorVersion = max(needsMinorVersion, 3)
      }
      programs.append(record)
      firstOperation += program.operations.count
      var layout = OperationLayout(tensors: model.tensors)
      for (number, operation) in program.operations.enumerated() {
        operations.append(
          try layout.record(of: operation, place: "program \(index), operation \(number)"))
      }
      weights.append(layout.weights.bytes)
      needsMinorVersion = max(needsMinorVersion, layout.needsMinorVersion)
    }
    return [
      (.model, 0, try modelRecord().bytes), (.metadata, 0, metadata), (.labels, 0, labels.bytes),
      (.clusters, 0, clusters.bytes), (.classes, 0, classes.bytes), (.text, 0, text.bytes),
      (.tensors, 0, tensors.bytes), (.programs, 0, programs.bytes),
      (.operations, 0, operations.bytes),
    ] + weights.enumerated().map { (.weights, $0.offset, $0.element) }
  }

  /// Features, route, subgraphs by cluster, whole.
  private static func inFileOrder(_ programs: [ProgramDescription]) -> [ProgramDescription] {
    programs.sorted { ($0.kind.rawValue, $0.cluster) < ($1.kind.rawValue, $1.cluster) }
  }

  /// Puts a reference into the record and the name into the text section.
  private mutating func put(_ name: String, in record: inout Record, _ offset: Int)
    throws(DescriptionError)
  {
    let bytes = Array(name.utf8)
    try record.put(
      offset + Layout.Text.offset, text.append(bytes), as: UInt32.self, "offset of its name")
    try record.put(offset + Layout.Text.byteCount, bytes.count, as: UInt32.self, "name's length")
  }

  private func modelRecord() throws(DescriptionError) -> Record {
    typealias Field = Layout.Model
    var record = Record(byteCount: Field.byteCount, place: "model")
    let preprocessing = model.preprocessing
    record.put(Field.width, preprocessing.width)
    record.put(Field.height, preprocessing.height)
    record.put(Field.channels, preprocessing.channels)
    record.put(Field.colorOrder, preprocessing.colorOrder.rawValue)
    record.put(Field.fit, preprocessing.fit.rawValue)
    record.put(Field.cropPermille, preprocessing.cropPermille)
    record.put(Field.background, preprocessing.background.red)
    record.put(Field.background + 1, preprocessing.background.green)
    record.put(Field.background + 2, preprocessing.background.blue)
    try record.put(Field.arenaBytes, model.arenaBytes, as: UInt32.self, "arenaBytes")
    guard (model.route != nil) == !model.clusters.isEmpty else {
      throw DescriptionError(
        place: "route", found: model.route == nil ? "none" : "one",
        expected: model.clusters.isEmpty ? "none, there are no clusters" : "one, for the clusters")
    }
    if let route = model.route {
      record.put(Field.routeThreshold, route.threshold)
      record.put(Field.inverseTemperature, route.inverseTemperature)
      record.put(Field.scoreWeight, route.scoreWeight)
    }
    return record
  }

  private mutating func metadataRecord() throws(DescriptionError) -> Record {
    typealias Field = Layout.Metadata
    let metadata = model.metadata
    var record = Record(byteCount: Field.byteCount, place: "metadata")
    try put(metadata.compilerVersion, in: &record, Field.compilerVersion)
    try put(metadata.networkName, in: &record, Field.networkName)
    try DescriptionError.check(
      "metadata, inputDigest", count: metadata.inputDigest.count, equals: 32)
    for (index, byte) in metadata.inputDigest.enumerated() {
      record.put(Field.inputDigest + index, byte)
    }
    record.put(Field.seed, metadata.seed)
    record.put(Field.baseMultiplyAccumulates, metadata.baseMultiplyAccumulates)
    record.put(Field.routedMultiplyAccumulates, metadata.routedMultiplyAccumulates)
    record.put(Field.baseFloatAccuracy, metadata.baseFloatAccuracy)
    record.put(Field.baseAccuracy, metadata.baseAccuracy)
    record.put(Field.routedAccuracy, metadata.routedAccuracy)
    record.put(Field.routeAccuracy, metadata.routeAccuracy)
    record.put(Field.fallbackShare, metadata.fallbackShare)
    record.put(Field.testImages, metadata.testImages)
    return record
  }

  private mutating func record(of cluster: ClusterDescription, _ index: Int)
    throws(DescriptionError) -> Record
  {
    typealias Field = Layout.Cluster
    var record = Record(byteCount: Field.stride, place: "cluster \(index)")
    try put(cluster.name, in: &record, Field.name)
    for (list, name, first, count) in [
      (cluster.members, "members", Field.firstMember, Field.memberCount),
      (cluster.rows, "rows", Field.firstRow, Field.rowCount),
    ] {
      var narrow: [UInt16] = []
      for value in list {
        guard let exact = UInt16(exactly: value) else {
          throw DescriptionError(
            place: "cluster \(index), \(name)", found: "class \(value)",
            expected: "0...\(UInt16.max)")
        }
        narrow.append(exact)
      }
      try record.put(first, classes.append(narrow) / 2, as: UInt32.self, name)
      try record.put(count, list.count, as: UInt32.self, name)
    }
    return record
  }

  private static func record(of tensor: TensorDescription, _ index: Int)
    throws(DescriptionError) -> Record
  {
    typealias Field = Layout.Tensor
    var record = Record(byteCount: Field.stride, place: "tensor \(index)")
    record.put(Field.element, tensor.element.rawValue)
    record.put(Field.zeroPoint, tensor.zeroPoint)
    try record.put(Field.height, tensor.height, as: UInt16.self, "height")
    try record.put(Field.width, tensor.width, as: UInt16.self, "width")
    try record.put(Field.channels, tensor.channels, as: UInt16.self, "channels")
    try record.put(Field.pixelStride, tensor.pixelStride, as: UInt32.self, "pixelStride")
    try record.put(Field.arenaOffset, tensor.arenaOffset, as: UInt32.self, "arenaOffset")
    record.put(Field.scale, tensor.scale)
    return record
  }

  private static func record(of program: ProgramDescription, _ index: Int, firstOperation: Int)
    throws(DescriptionError) -> Record
  {
    typealias Field = Layout.Program
    var record = Record(byteCount: Field.stride, place: "program \(index)")
    record.put(Field.kind, program.kind.rawValue)
    try record.put(Field.cluster, program.cluster, as: UInt16.self, "cluster")
    try record.put(Field.input, program.input, as: UInt16.self, "input")
    try record.put(Field.output, program.output, as: UInt16.self, "output")
    try record.put(Field.firstOperation, firstOperation, as: UInt32.self, "firstOperation")
    try record.put(
      Field.operationCount, program.operations.count, as: UInt32.self, "operationCount")
    try record.put(
      Field.multiplyAccumulates, program.multiplyAccumulates, as: UInt64.self,
      "multiplyAccumulates")
    return record
  }
}
