import CSystem
import SINFPictures

/// What commands give up once everything is open.
enum Confinement {
  /// Files out of reach, and calls: what --require-sandbox asks for.
  static let whole =
    Int32(CSYS_CONFINED_FILES.rawValue) | Int32(CSYS_CONFINED_CALLS.rawValue)

  /// Pictures may lie anywhere, so reading stays free; nothing can be written, executed or sent.
  static func enterReader(
    _ profile: csys_profile, _ options: ClassifyOptions, _ decoder: borrowing DecoderProcess
  ) throws(StartError) {
    guard options.usesSandbox else { return }
    var sandbox = csys_sandbox()
    csys_sandbox_begin(
      &sandbox, Int32(CSYS_ALLOW_WRITE.rawValue) | Int32(CSYS_ALLOW_NAMES.rawValue))
    let achieved = csys_sandbox_enter(&sandbox, Int32(profile.rawValue))
    try check(achieved & decoder.confinement, options)
  }

  /// Throws: `.sandbox` where --require-sandbox asks for more than was achieved.
  static func check(_ achieved: Int32, _ options: ClassifyOptions) throws(StartError) {
    guard options.requiresSandbox, achieved != whole else { return }
    throw .sandbox(missing: whole & ~achieved)
  }
}
