extension Model {
  /// Checks the section `.tensors`: each record for itself.
  func checkTensors() throws(ModelError) {
    typealias Field = Layout.Tensor
    for index in 0..<tensorCount {
      let record = RecordCheck(
        file: file, section: .tensors, index: index, at: sections.tensors + index * Field.stride)
      guard let element = ElementType(rawValue: UInt8(record.u8(Field.element))) else {
        throw ModelError(
          .tensors, index, offset: Int64(record.at + Field.element), found: record.u8(0),
          "an element type is 1 (uint8) or 2 (float32)")
      }
      for field in Field.height...Field.width where field % 2 == 0 {
        try record.require(
          record.u16(field), field, in: 1...Layout.Limit.extent, "a tensor's side is at least",
          "a tensor's side is at most")
      }
      try record.require(
        record.u16(Field.channels) > 0, Field.channels, 0, "a tensor's channels are at least", 1)
      try record.requireFactor(Field.scale, "a tensor's scale is in 2^-64 ... 2^32")
      if element == .float32 {
        try record.require(
          record.f32(Field.scale) == 1, Field.scale, record.u32(Field.scale),
          "a float tensor's scale is 1")
        try record.requireZero(Field.zeroPoint, count: 1)
      }
      try record.requireZero(Field.reserved, count: 4)
      try checkPlace(record, element)
    }
  }

  /// Checks stride, alignment and that the tensor lies inside the arena.
  private func checkPlace(_ record: RecordCheck, _ element: ElementType) throws(ModelError) {
    typealias Field = Layout.Tensor
    let contents = record.u16(Field.channels) * (element == .uint8 ? 1 : 4)
    let pixel = (contents + 3) & ~3
    let stride = record.u32(Field.pixelStride)
    try record.require(
      stride, Field.pixelStride, in: pixel...Layout.Limit.arenaBytes,
      "a pixel's stride holds its channels, filled up to 4 bytes:", "a pixel's stride is at most")
    try record.require(
      stride % 4 == 0, Field.pixelStride, stride, "a pixel's stride is a multiple of", 4)
    let offset = record.u32(Field.arenaOffset)
    if stride == pixel {
      try record.require(
        offset % 64 == 0, Field.arenaOffset, offset, "a tensor begins at a multiple of", 64)
    }
    // The last pixel's filling counts only when something writes it; the operations' checks see to
    // that.
    let rule: StaticString = "a tensor ends inside the arena, whose bytes are"
    let pixels = try record.product(
      record.u16(Field.height), record.u16(Field.width), atMost: Int64(arenaBytes),
      Field.arenaOffset, rule)
    let last = try record.product(
      pixels - 1, stride, atMost: Int64(arenaBytes), Field.arenaOffset, rule)
    let end = offset + last + contents
    try record.require(
      end <= Int64(arenaBytes), Field.arenaOffset, end, rule, Int64(arenaBytes))
  }
}
