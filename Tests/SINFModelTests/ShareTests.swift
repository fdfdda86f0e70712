import SINFModel
import SINFModelWriter
import Testing

/// The probability from which an answer is sure (format 1.4).
@Suite struct ShareTests {
  static func description(_ share: Float) -> ModelDescription {
    var description = TinyModel.description
    description.minimumShare = share
    return description
  }

  @Test(arguments: [Float.leastNonzeroMagnitude, 0.625, 1]) func sharesReadBack(share: Float) throws
  {
    let file = GuardedBytes(try ModelWriter.bytes(for: Self.description(share)))
    let model = try file.model
    #expect(model.minimumShare == share && model.minorVersion == 4)
    withExtendedLifetime(file) {}
  }

  /// A model without it is the file that it was before.
  @Test func noShareNeedsNoNewVersion() throws {
    let written = try ModelWriter.bytes(for: Self.description(0))
    #expect(written == (try GoldenTests.golden("tiny-v1.sinf")))
    let file = GuardedBytes(written)
    #expect(try file.model.minimumShare == 0)
    withExtendedLifetime(file) {}
  }

  @Test(arguments: [Float(1).nextUp, -0.25, .nan, .infinity, -.infinity])
  func sharesOutsideZeroToOneAreRefused(share: Float) throws {
    #expect(throws: ModelError.self) {
      _ = try ModelWriter.bytes(for: Self.description(share))
    }
    try refuses("the minimum share of a sure answer") {
      $0.put(Layout.Header.minimumShare, share.bitPattern)
    }
  }

  @Test func zeroHasOneForm() throws {
    try refuses("the minimum share of a sure answer") {
      $0.put(Layout.Header.minimumShare, (-Float.zero).bitPattern)
    }
  }

  /// A file that says it is older keeps the older rules.
  @Test(arguments: [UInt16(0), 1, 2, 3]) func olderVersionsHaveNoShare(minor: UInt16) throws {
    try refuses("a reserved byte") { $0.put(Layout.Header.minor, minor) }
  }

  private func refuses(_ rule: String, _ change: (inout FileEditor) -> Void) throws {
    var editor = FileEditor(bytes: try ModelWriter.bytes(for: Self.description(0.625)))
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
