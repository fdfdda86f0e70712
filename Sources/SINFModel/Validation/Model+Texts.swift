extension Model {
  /// Checks the sections `.labels`, `.clusters`, `.classes` and `.metadata`.
  func checkTexts() throws(ModelError) {
    for index in 0..<classCount {
      let record = RecordCheck(
        file: file, section: .labels, index: index,
        at: sections.labels + index * Layout.Text.stride)
      try checkText(record, 0, least: 1)
    }
    try checkClusters()
    try checkMetadata()
  }

  /// Checks a reference into the section `.text` and what it refers to.
  private func checkText(_ record: RecordCheck, _ field: Int, least: Int64) throws(ModelError) {
    let offset = record.u32(field + Layout.Text.offset)
    let byteCount = record.u32(field + Layout.Text.byteCount)
    try record.require(
      byteCount, field + Layout.Text.byteCount, in: least...Layout.Limit.textBytes,
      "a name's bytes are at least", "a name's bytes are at most")
    try record.require(
      offset + byteCount <= Int64(sections.textBytes), field, offset,
      "a name ends inside the text section, whose bytes are", Int64(sections.textBytes))
    let at = sections.text + Int(offset)
    if let bad = firstBadByte(ofText: file.bytes(at, count: Int(byteCount))) {
      throw ModelError(
        .text, record.index, offset: Int64(at + bad), found: Int64(file.u8(at + bad)),
        "names are UTF-8 without control characters")
    }
  }

  private func checkClusters() throws(ModelError) {
    typealias Field = Layout.Cluster
    var all = ClassSet()
    for index in 0..<clusterCount {
      let record = RecordCheck(
        file: file, section: .clusters, index: index, at: sections.clusters + index * Field.stride)
      try checkText(record, Field.name, least: 1)
      let firstMember = try checkRange(record, Field.firstMember, Field.memberCount)
      let firstRow = try checkRange(record, Field.firstRow, Field.rowCount)

      var rows = ClassSet()
      for k in 0..<Int(record.u32(Field.rowCount)) {
        let (entry, value) = classElement(firstRow + k)
        try entry.require(
          value < classCount, 0, Int64(value), "a class is below", Int64(classCount))
        try entry.require(
          rows.insert(value), 0, Int64(value), "a cluster's rows are of different classes")
      }
      var previous = -1
      for k in 0..<Int(record.u32(Field.memberCount)) {
        let (entry, value) = classElement(firstMember + k)
        try entry.require(
          value < classCount, 0, Int64(value), "a class is below", Int64(classCount))
        try entry.require(
          value > previous, 0, Int64(value), "members ascend; the one before is", Int64(previous))
        try entry.require(
          all.insert(value), 0, Int64(value), "a class is a member of one cluster only")
        try entry.require(
          rows.contains(value), 0, Int64(value), "members are among the cluster's rows")
        previous = value
      }
    }
    if clusterCount > 0, all.count != classCount {
      throw ModelError(
        .clusters, 0, offset: Int64(sections.clusters), found: Int64(all.count),
        "every class is a member of a cluster; classes", limit: Int64(classCount))
    }
  }

  /// Checks a pair of fields, first element and count, and returns the first.
  private func checkRange(_ record: RecordCheck, _ first: Int, _ count: Int) throws(ModelError)
    -> Int
  {
    try record.require(
      record.u32(count), count, in: 1...Int64(classCount), "the number of classes is at least",
      "the number of classes is at most")
    try record.require(
      record.u32(first) + record.u32(count) <= Int64(sections.classElementCount), first,
      record.u32(first), "a range of classes ends inside its section, whose elements are",
      Int64(sections.classElementCount))
    return Int(record.u32(first))
  }

  private func classElement(_ index: Int) -> (RecordCheck, Int) {
    let at = sections.classes + index * 2
    return (RecordCheck(file: file, section: .classes, index: index, at: at), file.short(at))
  }

  private func checkMetadata() throws(ModelError) {
    typealias Field = Layout.Metadata
    let record = RecordCheck(file: file, section: .metadata, index: 0, at: sections.metadata)
    try checkText(record, Field.compilerVersion, least: 0)
    try checkText(record, Field.networkName, least: 0)
    for field in Field.baseFloatAccuracy..<Field.testImages where field % 4 == 0 {
      let share = record.f32(field)
      try record.require(
        share >= -1 && share <= 1, field, record.u32(field),
        "a share is in 0 ... 1, or negative down to -1 when not measured")
    }
  }
}
