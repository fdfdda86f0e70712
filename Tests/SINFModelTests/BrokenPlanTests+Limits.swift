import SINFModel
import SINFModelWriter
import Testing

extension BrokenPlanTests {
  static let limits: [Plan] = [
    Plan("endless work", "a program visits few enough") {
      $0 = pool(.max, input: 8192, kernel: 8000, output: 193)
    },
    Plan("average that overflows", "averaged elements are at most") {
      $0 = pool(.average, input: 8192, kernel: 8192, output: 1)
    },
    Plan("too many classes", "the number of records is at most") {
      $0.labels = [String](repeating: "x", count: 65_536)
    },
    Plan("image of eight bytes a pixel", "the image's pixels have bytes") {
      $0.tensors[T.image].pixelStride = 8
    },
    Plan("crooked tensor read", "a tensor that is read begins") {
      $0.programs[3].operations.append(.copy(input: T.wideRight, output: T.side))
    },
    Plan("lookup that shrinks", "the output has the input's height") {
      $0.programs[0].operations[1] = .lookup(
        table: [UInt8](repeating: 0, count: 256), input: T.stem, output: T.features)
    },
    Plan("filling behind the arena", "what an operation writes ends") {
      $0.tensors[T.side].arenaOffset = 448
      $0.arenaBytes = 463
    },
  ]

  enum PoolKind { case max, average }

  /// A plain model on a large image that begins with one pool.
  static func pool(_ kind: PoolKind, input: Int, kernel: Int, output: Int) -> ModelDescription {
    var description = TinyModel.plain
    description.preprocessing = Preprocessing(
      width: UInt16(input), height: UInt16(input), channels: 3, colorOrder: .rgb)
    let imageBytes = input * input * 4
    description.tensors = [
      TensorDescription(
        element: .uint8, height: input, width: input, channels: 3, pixelStride: 4, arenaOffset: 0,
        scale: 1, zeroPoint: 0),
      TensorDescription(
        element: .float32, height: 1, width: 1, channels: 20, pixelStride: 80,
        arenaOffset: imageBytes, scale: 1, zeroPoint: 0),
      TensorDescription(
        element: .uint8, height: output, width: output, channels: 3, pixelStride: 4,
        arenaOffset: imageBytes + 128, scale: 1, zeroPoint: 0),
    ]
    description.arenaBytes = imageBytes + 128 + output * output * 4
    let window = Window(kernelHeight: kernel, kernelWidth: kernel)
    description.programs[0].operations = [
      kind == .max
        ? .maxPool(window, input: 0, output: 2)
        : .averagePool(window, countsPadding: false, multiplier: 1, input: 0, output: 2)
    ]
    description.programs[0].multiplyAccumulates = 0
    return description
  }

  static func rule(_ editor: FileEditor) -> String? {
    var repaired = editor
    repaired.put(Layout.Header.fileBytes, UInt64(editor.bytes.count))
    repaired.repairChecksums()
    return GuardedBytes(repaired.bytes).refusal.map { "\($0.rule)" }
  }

  @Test func fileAboveTheLimitIsRefusedBeforeItIsRead() throws {
    let file = GuardedBytes([UInt8](repeating: 0, count: 64))
    let huge = UnsafeRawBufferPointer(start: file.bytes.baseAddress, count: 0x7FFF_FFC1)
    let error = #expect(throws: ModelError.self) { try Model(validating: huge) }
    #expect(error.map { "\($0.rule)" } == "a file has at most as many bytes")
  }

  @Test func weightsSectionMustEndWithItsLastArray() throws {
    var editor = FileEditor(bytes: try ModelWriter.bytes(for: TinyModel.description))
    let field = FileEditor.entry(13) + Layout.Section.byteCount
    let byteCount = editor.get(field, as: UInt64.self)
    editor.bytes += [UInt8](repeating: 0, count: 64)
    editor.put(field, byteCount + 64)
    #expect(Self.rule(editor) == "the section ends with its last array, whose end is")
    editor.bytes.removeLast(128)
    editor.put(field, byteCount - 64)
    #expect(
      Self.rule(editor) == "an array ends inside the weights section, whose bytes are")
  }

  @Test func operationsOfNoProgramAreRefused() throws {
    var description = TinyModel.description
    description.programs[4].operations.append(
      .add(
        multiplierA: 1, multiplierB: 1, low: 0, high: 255, a: T.features, b: T.features,
        output: T.features))
    var editor = FileEditor(bytes: try ModelWriter.bytes(for: description))
    #expect(Self.rule(editor) == nil)
    editor.put(.programs, 4, Layout.Program.operationCount, UInt32(1))
    #expect(Self.rule(editor) == "every operation belongs to a program; those are")
  }

  @Test func programsAndWeightsSectionsGoTogether() throws {
    var description = TinyModel.description
    description.programs.removeAll { $0.kind == .whole }
    var editor = FileEditor(bytes: try ModelWriter.bytes(for: description))
    let programs = editor.section(.programs)
    for offset in programs.suffix(Layout.Program.stride) { editor.bytes[offset] = 0 }
    editor.put(
      FileEditor.entry(7) + Layout.Section.byteCount,
      UInt64(programs.count - Layout.Program.stride))
    #expect(Self.rule(editor) == "there is a weights section a program; programs")
  }
}
