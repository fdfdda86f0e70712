extension Model {
  /// The model in `bytes`, a whole file mapped at a multiple of 64, after checking all of it but the
  /// signature that may stand behind it (`SignatureTrailer`).
  ///
  /// Cost: two passes over the file, no memory but some 20 KB of stack. Errors: the first rule
  /// that the file breaks.
  ///
  /// - Parameter droppingPages: Takes pages out of resident memory as soon as they are checked, so
  ///   that checking a large file needs little of it. Only for a read-only mapping of a file: the
  ///   content of anonymous memory would be lost.
  public init(
    validating bytes: UnsafeRawBufferPointer, droppingPages: Bool = false
  ) throws(ModelError) {
    guard let base = bytes.baseAddress else {
      throw ModelError(nil, 0, offset: 0, found: 0, "a file has at least as many bytes", limit: 64)
    }
    let count = SignatureTrailer(of: bytes)?.modelBytes ?? bytes.count
    let file = FileBytes(base: base, count: count, dropsPages: droppingPages)
    try self.init(file, Sections(checking: file))
    try checkTexts()
    try checkTensors()
    try checkPrograms()
  }

  /// Takes over the record of the section `.model`.
  private init(_ file: FileBytes, _ sections: Sections) throws(ModelError) {
    typealias Field = Layout.Model
    let record = RecordCheck(file: file, section: .model, index: 0, at: sections.model)
    for field in Field.width...Field.height where field % 2 == 0 {
      try record.require(
        record.u16(field), field, in: 1...Layout.Limit.extent, "a side of the image is at least",
        "a side of the image is at most")
    }
    let channels = record.u8(Field.channels)
    try record.require(
      channels == 1 || channels == 3, Field.channels, channels, "an image has 1 or 3 channels")
    let order = Preprocessing.ColorOrder(rawValue: file.u8(record.at + Field.colorOrder))
    guard let order, (order == .grey) == (channels == 1) else {
      throw ModelError(
        .model, 0, offset: Int64(record.at + Field.colorOrder), found: record.u8(Field.colorOrder),
        "colour order is 1 (rgb) or 2 (bgr) for 3 channels, 3 (grey) for 1")
    }
    guard let fit = Preprocessing.Fit(rawValue: file.u8(record.at + Field.fit)) else {
      throw ModelError(
        .model, 0, offset: Int64(record.at + Field.fit), found: record.u8(Field.fit),
        "fit is 1 (cover) or 2 (stretch)")
    }
    try record.requireZero(Field.reserved0, count: 1)
    try record.require(
      record.u16(Field.cropPermille), Field.cropPermille, in: 1...1000,
      "the crop is at least one thousandth", "the crop is at most 1000 thousandths")
    try record.requireZero(Field.reserved1, count: 3)
    try record.require(
      record.u32(Field.arenaBytes), Field.arenaBytes, in: 1...Layout.Limit.arenaBytes,
      "the arena's bytes are at least", "the arena's bytes are at most")
    if sections.clusterCount > 0 {
      let threshold = record.f32(Field.routeThreshold)
      try record.require(
        threshold.isFinite && threshold >= 0, Field.routeThreshold,
        record.u32(Field.routeThreshold), "the route's threshold is finite and not negative")
      try record.requireFactor(
        Field.inverseTemperature, "the route's inverse temperature is in 2^-64 ... 2^32")
      let weight = record.f32(Field.scoreWeight)
      try record.require(
        weight >= 0 && weight <= 0x1p32, Field.scoreWeight, record.u32(Field.scoreWeight),
        "the weight of the route's scores is in 0 ... 2^32")
    } else {
      try record.requireZero(Field.routeThreshold, count: 12)
    }

    self.file = file
    self.sections = sections
    preprocessing = Preprocessing(
      width: file.u16(record.at + Field.width), height: file.u16(record.at + Field.height),
      channels: UInt8(channels), colorOrder: order, fit: fit,
      cropPermille: file.u16(record.at + Field.cropPermille),
      background: (
        file.u8(record.at + Field.background), file.u8(record.at + Field.background + 1),
        file.u8(record.at + Field.background + 2)
      ))
    classCount = sections.classCount
    clusterCount = sections.clusterCount
    tensorCount = sections.tensorCount
    programCount = sections.programCount
    arenaBytes = file.word(record.at + Field.arenaBytes)
    routeThreshold = record.f32(Field.routeThreshold)
    routeInverseTemperature = record.f32(Field.inverseTemperature)
    routeScoreWeight = record.f32(Field.scoreWeight)
  }
}
