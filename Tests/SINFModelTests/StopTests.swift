import SINFModel
import SINFModelWriter
import Testing

/// The margin from which images stop at the route predictor (format 1.3).
@Suite struct StopTests {
  static func description(margin: Float) -> ModelDescription {
    var description = TinyModel.description
    description.route!.stopMargin = margin
    return description
  }

  @Test(arguments: [Float(0x1p-64), 0.375, 1]) func marginsReadBack(margin: Float)
    throws
  {
    let file = GuardedBytes(try ModelWriter.bytes(for: Self.description(margin: margin)))
    let model = try file.model
    #expect(model.stopMargin == margin && model.minorVersion == 3 && model.stopCount == 1)
    withExtendedLifetime(file) {}
  }

  /// A model that never stops is the file that it was before there were stops.
  @Test func noMarginNeedsNoNewVersion() throws {
    let written = try ModelWriter.bytes(for: Self.description(margin: 0))
    #expect(written == (try GoldenTests.golden("tiny-v1.sinf")))
    let file = GuardedBytes(written)
    #expect(try file.model.stopMargin == 0)
    let plain = GuardedBytes(try ModelWriter.bytes(for: TinyModel.plain))
    let model = try plain.model
    #expect(model.stopMargin == 0 && model.stopCount == 0)
    withExtendedLifetime((file, plain)) {}
  }

  @Test(arguments: [
    Float(1).nextUp, .leastNonzeroMagnitude, -0.25, -0.0, .nan, .infinity, -.infinity,
  ])
  func marginsOutsideZeroToOneAreRefused(margin: Float) throws {
    #expect(throws: ModelError.self) {
      _ = try ModelWriter.bytes(for: Self.description(margin: margin.isZero ? .nan : margin))
    }
    try refuses("the margin of a stop") {
      $0.put(.programs, 1, Layout.Program.stopMargin, margin)
    }
  }

  @Test(arguments: [0, 2, 3, 4]) func onlyTheRouteHasAMargin(program: Int) throws {
    try refuses("a byte without use") {
      $0.put(.programs, program, Layout.Program.stopMargin, Float(0.5))
    }
  }

  @Test func bytesBehindTheMarginAreZero() throws {
    try refuses("a byte without use") {
      $0.put(.programs, 1, Layout.Program.reserved1, Float(0.5))
    }
  }

  /// A file that says it is older keeps the older rules.
  @Test(arguments: [UInt16(0), 1, 2]) func olderVersionsHaveNoMargin(minor: UInt16) throws {
    try refuses("a byte without use") { $0.put(Layout.Header.minor, minor) }
  }

  private func refuses(
    _ rule: String, _ change: (inout FileEditor) -> Void
  ) throws {
    var editor = FileEditor(bytes: try ModelWriter.bytes(for: Self.description(margin: 0.375)))
    change(&editor)
    editor.repairChecksums()
    let file = GuardedBytes(editor.bytes)
    do throws(ModelError) {
      _ = try file.model
      Issue.record("accepted")
    } catch {
      #expect("\(error)".contains(rule), "\(error)")
    }
    withExtendedLifetime(file) {}
  }
}
