import CSystem

/// Where the sections are, after header and section table have been checked: offsets in the file
/// and counts of records.
struct Sections {
  var model = 0
  var metadata = 0
  var labels = 0
  var clusters = 0
  var classes = 0
  var text = 0
  var tensors = 0
  var programs = 0
  var operations = 0

  var classCount = 0
  var clusterCount = 0
  /// Elements of the section `.classes`.
  var classElementCount = 0
  var textBytes = 0
  var tensorCount = 0
  var programCount = 0
  var operationCount = 0

  /// Offset of an entry of the section table.
  static func entry(_ index: Int) -> Int {
    Layout.Header.byteCount + index * Layout.Section.stride
  }

  /// Checks everything that does not depend on what the sections mean: magic, version, sizes,
  /// table, gaps and checksums. Cost: one pass over the file.
  init(checking file: FileBytes) throws(ModelError) {
    let count = try Sections.checkHeader(file)
    var end = Int64(Sections.entry(count))
    for index in 0..<count {
      end = try Sections.checkEntry(file, index, after: end)
      try note(file, index)
    }
    // The last section is filled up as well, so that every byte of the file is accounted for.
    let fileEnd = Sections.aligned(end)
    guard fileEnd == Int64(file.count) else {
      throw ModelError(
        nil, 0, offset: Int64(Layout.Header.fileBytes), found: Int64(file.count),
        "the file ends where its last section does", limit: fileEnd)
    }
    try Sections.checkFilling(file, from: Int(end), to: file.count)
    guard programCount == count - SectionKind.fixedCount else {
      throw ModelError(
        nil, 0, offset: Int64(Layout.Header.sectionCount), found: Int64(count),
        "there is a weights section a program; programs", limit: Int64(programCount))
    }
  }

  static func aligned(_ offset: Int64) -> Int64 {
    (offset + Int64(Layout.alignment - 1)) & ~Int64(Layout.alignment - 1)
  }

  /// Returns the number of sections.
  private static func checkHeader(_ file: FileBytes) throws(ModelError) -> Int {
    typealias Field = Layout.Header
    func refuse(
      _ offset: Int, _ found: UInt64, _ rule: StaticString, _ limit: Int64? = nil
    ) -> ModelError {
      ModelError(
        nil, 0, offset: Int64(offset), found: Int64(truncatingIfNeeded: found), rule, limit: limit)
    }
    guard UInt(bitPattern: file.base) % UInt(Layout.alignment) == 0 else {
      throw refuse(
        0, UInt64(UInt(bitPattern: file.base)), "the file is mapped at a multiple of", 64)
    }
    guard file.count >= Field.byteCount else {
      throw refuse(0, UInt64(file.count), "a file has at least as many bytes", 64)
    }
    guard Int64(file.count) <= Layout.Limit.fileBytes else {
      throw refuse(
        0, UInt64(file.count), "a file has at most as many bytes", Layout.Limit.fileBytes)
    }
    guard file.u64(Field.magic) == Layout.magic else {
      throw refuse(
        Field.magic, file.u64(Field.magic), "a model file begins with 89 53 49 4E 46 0D 0A 1A")
    }
    guard file.u16(Field.major) == Layout.majorVersion else {
      throw refuse(
        Field.major, UInt64(file.u16(Field.major)), "the major version is the one read here",
        Int64(Layout.majorVersion))
    }
    guard file.u16(Field.minor) <= Layout.minorVersion else {
      throw refuse(
        Field.minor, UInt64(file.u16(Field.minor)),
        "the minor version is at most the one read here", Int64(Layout.minorVersion))
    }
    guard file.u64(Field.fileBytes) == UInt64(file.count) else {
      throw refuse(
        Field.fileBytes, file.u64(Field.fileBytes), "the length in the header is the file's",
        Int64(file.count))
    }
    let least = SectionKind.fixedCount + 1
    let most = SectionKind.fixedCount + Int(Layout.Limit.programs)
    let count = file.u32(Field.sectionCount)
    guard count >= UInt32(least) else {
      throw refuse(
        Field.sectionCount, UInt64(count), "the number of sections is at least", Int64(least))
    }
    guard count <= UInt32(most) else {
      throw refuse(
        Field.sectionCount, UInt64(count), "the number of sections is at most", Int64(most))
    }
    let end = entry(Int(count))
    guard end <= file.count else {
      throw refuse(
        Field.sectionCount, UInt64(count), "the section table ends before the file does",
        Int64(file.count))
    }
    var sum = csys_crc32(0, file.base, Field.checksum)
    sum = csys_crc32(sum, file.base + Field.byteCount, end - Field.byteCount)
    guard file.u32(Field.checksum) == sum else {
      throw refuse(
        Field.checksum, UInt64(file.u32(Field.checksum)),
        "the checksum of header and section table is", Int64(sum))
    }
    let share = file.f32(Field.minimumShare)
    let hasShare = file.u16(Field.minor) >= 4
    if hasShare, file.u32(Field.minimumShare) != 0, !(share > 0 && share <= 1) {
      throw refuse(
        Field.minimumShare, UInt64(file.u32(Field.minimumShare)),
        "the minimum share of a sure answer is 0 or in 2^-149 ... 1")
    }
    let reserved = hasShare ? Field.reserved : Field.minimumShare
    for offset in reserved..<Field.checksum where file.u8(offset) != 0 {
      throw refuse(offset, UInt64(file.u8(offset)), "a reserved byte is zero")
    }
    return Int(count)
  }

  /// Returns the section's end.
  private static func checkEntry(
    _ file: FileBytes, _ index: Int, after end: Int64
  ) throws(ModelError) -> Int64 {
    typealias Field = Layout.Section
    let at = entry(index)
    func refuse(
      _ field: Int, _ found: UInt64, _ rule: StaticString, _ limit: Int64? = nil
    ) -> ModelError {
      ModelError(
        nil, index, offset: Int64(at + field), found: Int64(truncatingIfNeeded: found), rule,
        limit: limit)
    }
    let program = max(0, index - SectionKind.fixedCount)
    let kind = UInt32(min(index, SectionKind.fixedCount) + 1)
    guard file.u32(at + Field.kind) == kind else {
      throw refuse(
        Field.kind, UInt64(file.u32(at + Field.kind)), "sections come in order; here is kind",
        Int64(kind))
    }
    guard file.u32(at + Field.index) == UInt32(program) else {
      throw refuse(
        Field.index, UInt64(file.u32(at + Field.index)),
        "weights sections are numbered like programs, others 0; here is", Int64(program))
    }
    guard file.u32(at + Field.reserved) == 0 else {
      throw refuse(
        Field.reserved, UInt64(file.u32(at + Field.reserved)), "a reserved field is zero")
    }
    let start = aligned(end)
    guard file.u64(at + Field.offset) == UInt64(start) else {
      throw refuse(
        Field.offset, file.u64(at + Field.offset),
        "a section begins at the next multiple of 64 behind the one before, here", start)
    }
    let byteCount = file.u64(at + Field.byteCount)
    let room = Int64(file.count) - start
    guard room >= 0, byteCount <= UInt64(room) else {
      throw refuse(Field.byteCount, byteCount, "a section ends inside the file; room is", room)
    }
    try checkFilling(file, from: Int(end), to: Int(start))
    let sum = file.checksum(Int(start), count: Int(byteCount))
    guard file.u32(at + Field.checksum) == sum else {
      throw ModelError(
        SectionKind(rawValue: kind), program, offset: Int64(at + Field.checksum),
        found: Int64(file.u32(at + Field.checksum)), "the section's checksum is",
        limit: Int64(sum))
    }
    return start + Int64(byteCount)
  }

  private static func checkFilling(
    _ file: FileBytes, from start: Int, to end: Int
  ) throws(ModelError) {
    var offset = start
    while offset < end {
      guard file.u8(offset) == 0 else {
        throw ModelError(
          nil, 0, offset: Int64(offset), found: Int64(file.u8(offset)),
          "bytes between sections are zero")
      }
      offset += 1
    }
  }

  /// Takes down where a checked section is and how many records it has.
  private mutating func note(_ file: FileBytes, _ index: Int) throws(ModelError) {
    let at = Sections.entry(index)
    let start = file.word(at + Layout.Section.offset)
    let byteCount = file.word(at + Layout.Section.byteCount)
    func records(_ stride: Int, least: Int, most: Int64) throws(ModelError) -> Int {
      let field = Int64(at + Layout.Section.byteCount)
      guard byteCount % stride == 0 else {
        throw ModelError(
          nil, index, offset: field, found: Int64(byteCount),
          "a section's size is a multiple of its record's", limit: Int64(stride))
      }
      let count = byteCount / stride
      guard count >= least else {
        throw ModelError(
          nil, index, offset: field, found: Int64(count), "the number of records is at least",
          limit: Int64(least))
      }
      guard Int64(count) <= most else {
        throw ModelError(
          nil, index, offset: field, found: Int64(count), "the number of records is at most",
          limit: most)
      }
      return count
    }
    switch SectionKind(rawValue: UInt32(min(index, SectionKind.fixedCount) + 1)) {
    case .model:
      model = start
      _ = try records(Layout.Model.byteCount, least: 1, most: 1)
    case .metadata:
      metadata = start
      _ = try records(Layout.Metadata.byteCount, least: 1, most: 1)
    case .labels:
      labels = start
      classCount = try records(Layout.Text.stride, least: 1, most: Layout.Limit.classes)
    case .clusters:
      clusters = start
      clusterCount = try records(
        Layout.Cluster.stride, least: 0, most: Layout.Limit.programs - 3)
    case .classes:
      classes = start
      classElementCount = try records(2, least: 0, most: Layout.Limit.fileBytes)
    case .text:
      text = start
      textBytes = byteCount
    case .tensors:
      tensors = start
      tensorCount = try records(Layout.Tensor.stride, least: 1, most: Layout.Limit.tensors)
    case .programs:
      programs = start
      programCount = try records(Layout.Program.stride, least: 1, most: Layout.Limit.programs)
    case .operations:
      operations = start
      operationCount = try records(
        Layout.Operation.stride, least: 1,
        most: Layout.Limit.programs * Layout.Limit.operationsPerProgram)
    case .weights, nil:
      break
    }
  }
}
