import SINFModel
import SINFModelWriter
import Testing

/// A file broken in one way, and what the reader must say of it.
struct BrokenFile: Sendable, CustomTestStringConvertible {
  var name: String
  var section: SectionKind?
  /// How the rule's text begins.
  var rule: String
  /// Whether checksums are made right again afterwards.
  var repairs = true
  var edit: @Sendable (inout FileEditor) -> Void

  var testDescription: String { name }

  init(
    _ name: String, _ section: SectionKind?, _ rule: String, repairs: Bool = true,
    _ edit: @escaping @Sendable (inout FileEditor) -> Void
  ) {
    (self.name, self.section, self.rule, self.repairs, self.edit) =
      (name, section, rule, repairs, edit)
  }
}

@Suite struct BrokenFileTests {
  @Test(arguments: brokenHeads + brokenTables + brokenTensors + brokenProducts + brokenPrograms)
  func isRefusedForItsReason(broken: BrokenFile) throws {
    var editor = FileEditor(bytes: try GoldenTests.golden("tiny-v1.sinf"))
    broken.edit(&editor)
    if broken.repairs { editor.repairChecksums() }
    let error = try #require(GuardedBytes(editor.bytes).refusal)
    #expect(error.section == broken.section)
    #expect("\(error.rule)".hasPrefix(broken.rule), "\(error)")
    #expect(error.offset >= 0 && error.offset <= editor.bytes.count)
  }

  @Test func messageNamesPlaceFoundAndExpected() throws {
    var editor = FileEditor(bytes: try GoldenTests.golden("tiny-v1.sinf"))
    editor.put(.tensors, 5, Layout.Tensor.arenaOffset, UInt32(20))
    editor.repairChecksums()
    let error = try #require(GuardedBytes(editor.bytes).refusal)
    let offset = editor.section(.tensors).lowerBound + 5 * 24 + 12
    #expect(
      error.description
        == "section tensors, record 5, byte \(offset): a tensor begins at a multiple of 64 (found 20)"
    )
    #expect(error.index == 5)
    #expect(error.offset == Int64(offset))
    #expect(error.found == 20)
    #expect(error.limit == 64)
  }

  @Test func messageOfHeaderSaysSo() {
    let error = GuardedBytes([]).refusal
    #expect(
      error?.description
        == "header or section table, entry 0, byte 0: a file has at least as many bytes 64 (found 0)"
    )
  }

  @Test func misplacedMappingIsRefused() throws {
    let golden = try GoldenTests.golden("tiny-v1.sinf")
    let file = GuardedBytes([UInt8](repeating: 0, count: 8) + golden)
    let shifted = UnsafeRawBufferPointer(rebasing: file.bytes[8...])
    let error = #expect(throws: ModelError.self) { try Model(validating: shifted) }
    #expect(error.map { "\($0.rule)" } == "the file is mapped at a multiple of")
  }

  static let brokenHeads: [BrokenFile] = [
    BrokenFile("empty file", nil, "a file has at least") { $0.bytes = [] },
    BrokenFile("half a header", nil, "a file has at least", repairs: false) {
      $0.bytes.removeLast($0.bytes.count - 40)
    },
    BrokenFile("text transfer", nil, "a model file begins", repairs: false) {
      $0.bytes.remove(at: 5)
      $0.bytes.append(0)
    },
    BrokenFile("newer major version", nil, "the major version") {
      $0.put(Layout.Header.major, UInt16(2))
    },
    BrokenFile("newer minor version", nil, "the minor version") {
      $0.put(Layout.Header.minor, Layout.minorVersion + 1)
    },
    BrokenFile("cut short", nil, "the length in the header") { $0.bytes.removeLast(64) },
    BrokenFile("no sections", nil, "the number of sections is at least") {
      $0.put(Layout.Header.sectionCount, UInt32(0))
    },
    BrokenFile("too many sections", nil, "the number of sections is at most", repairs: false) {
      $0.put(Layout.Header.sectionCount, UInt32.max)
    },
    BrokenFile("table longer than file", nil, "the section table ends", repairs: false) {
      $0.put(Layout.Header.sectionCount, UInt32(1000))
    },
    BrokenFile("header checksum", nil, "the checksum of header", repairs: false) {
      $0.bytes[Layout.Header.checksum] ^= 1
    },
    BrokenFile("reserved header byte", nil, "a reserved byte") {
      $0.bytes[Layout.Header.reserved + 5] = 1
    },
    BrokenFile("sections exchanged", nil, "sections come in order") {
      $0.put(FileEditor.entry(0) + Layout.Section.kind, SectionKind.metadata.rawValue)
    },
    BrokenFile("weights of another program", nil, "weights sections are numbered") {
      $0.put(FileEditor.entry(10) + Layout.Section.index, UInt32(0))
    },
    BrokenFile("reserved table field", nil, "a reserved field") {
      $0.put(FileEditor.entry(3) + Layout.Section.reserved, UInt32(1))
    },
    BrokenFile("section overlaps the one before", nil, "a section begins") {
      $0.put(FileEditor.entry(2) + Layout.Section.offset, UInt64(512))
    },
    BrokenFile("section outside the file", nil, "a section begins") {
      $0.put(FileEditor.entry(2) + Layout.Section.offset, UInt64.max - 63)
    },
    BrokenFile("section longer than the file", nil, "a section ends inside") {
      $0.put(FileEditor.entry(13) + Layout.Section.byteCount, UInt64(1) << 62)
    },
    BrokenFile("bytes between sections", nil, "bytes between sections") {
      let model = $0.section(.model)
      $0.bytes[model.upperBound] = 1
    },
    BrokenFile("last section too short", nil, "the file ends where") {
      let at = FileEditor.entry(13) + Layout.Section.byteCount
      $0.put(at, $0.get(at, as: UInt64.self) - 128)
    },
    BrokenFile("section checksum", .text, "the section's checksum", repairs: false) {
      let text = $0.section(.text)
      $0.bytes[text.lowerBound] ^= 1
    },
    BrokenFile("half a record", nil, "a section's size is a multiple") {
      let at = FileEditor.entry(2) + Layout.Section.byteCount
      $0.put(at, $0.get(at, as: UInt64.self) - 1)
    },
    BrokenFile("no labels", nil, "the number of records is at least") {
      $0.put(FileEditor.entry(2) + Layout.Section.byteCount, UInt64(0))
      $0.put(FileEditor.entry(2) + Layout.Section.checksum, UInt32(0))
    },
  ]

  static let brokenTables: [BrokenFile] = [
    BrokenFile("image without width", .model, "a side of the image is at least") {
      $0.put(.model, 0, Layout.Model.width, UInt16(0))
    },
    BrokenFile("huge image", .model, "a side of the image is at most") {
      $0.put(.model, 0, Layout.Model.height, UInt16(16_385))
    },
    BrokenFile("two channels", .model, "an image has 1 or 3") {
      $0.put(.model, 0, Layout.Model.channels, UInt8(2))
    },
    BrokenFile("grey with three channels", .model, "colour order") {
      $0.put(.model, 0, Layout.Model.colorOrder, UInt8(3))
    },
    BrokenFile("unknown fit", .model, "fit is") { $0.put(.model, 0, Layout.Model.fit, UInt8(3)) },
    BrokenFile("crop of nothing", .model, "the crop is at least") {
      $0.put(.model, 0, Layout.Model.cropPermille, UInt16(0))
    },
    BrokenFile("crop above all", .model, "the crop is at most") {
      $0.put(.model, 0, Layout.Model.cropPermille, UInt16(1001))
    },
    BrokenFile("no arena", .model, "the arena's bytes are at least") {
      $0.put(.model, 0, Layout.Model.arenaBytes, UInt32(0))
    },
    BrokenFile("huge arena", .model, "the arena's bytes are at most") {
      $0.put(.model, 0, Layout.Model.arenaBytes, UInt32(0x4000_0001))
    },
    BrokenFile("threshold not a number", .model, "the route's threshold") {
      $0.put(.model, 0, Layout.Model.routeThreshold, Float.nan)
    },
    BrokenFile("negative threshold", .model, "the route's threshold") {
      $0.put(.model, 0, Layout.Model.routeThreshold, Float(-0.5))
    },
    BrokenFile("infinite temperature", .model, "the route's inverse temperature") {
      $0.put(.model, 0, Layout.Model.inverseTemperature, Float(0))
    },
    BrokenFile("empty label", .labels, "a name's bytes are at least") {
      $0.put(.labels, 1, Layout.Text.byteCount, UInt32(0))
    },
    BrokenFile("endless label", .labels, "a name's bytes are at most") {
      $0.put(.labels, 1, Layout.Text.byteCount, UInt32(1025))
    },
    BrokenFile("label outside the text", .labels, "a name ends inside") {
      $0.put(.labels, 1, Layout.Text.offset, UInt32.max)
    },
    BrokenFile("label cut inside a character", .text, "names are UTF-8") {
      $0.put(.labels, 2, Layout.Text.byteCount, UInt32(2))
    },
    BrokenFile("escape sequence in a label", .text, "names are UTF-8") {
      let text = $0.section(.text)
      $0.bytes[text.lowerBound] = 0x1B
    },
    BrokenFile("cluster without members", .clusters, "the number of classes is at least") {
      $0.put(.clusters, 0, Layout.Cluster.memberCount, UInt32(0))
    },
    BrokenFile("more rows than classes", .clusters, "the number of classes is at most") {
      $0.put(.clusters, 0, Layout.Cluster.rowCount, UInt32(5))
    },
    BrokenFile("members outside the section", .clusters, "a range of classes ends") {
      $0.put(.clusters, 1, Layout.Cluster.firstMember, UInt32.max)
    },
    BrokenFile("unknown class", .classes, "a class is below") { $0.put(.classes, 0, 0, UInt16(4)) },
    BrokenFile("row twice", .classes, "a cluster's rows are of different") {
      $0.put(.classes, 3, 0, UInt16(0))
    },
    BrokenFile("members not ascending", .classes, "members ascend") {
      $0.put(.classes, 1, 0, UInt16(0))
    },
    BrokenFile("class in two clusters", .classes, "a class is a member of one") {
      $0.put(.classes, 5, 0, UInt16(0))
    },
    BrokenFile("member without row", .classes, "members are among") {
      $0.put(.classes, 1, 0, UInt16(3))
    },
    BrokenFile("class in no cluster", .clusters, "every class is a member") {
      $0.put(.clusters, 1, Layout.Cluster.memberCount, UInt32(1))
    },
    BrokenFile("share above one", .metadata, "a share is in") {
      $0.put(.metadata, 0, Layout.Metadata.routeAccuracy, Float(1.5))
    },
  ]
}
