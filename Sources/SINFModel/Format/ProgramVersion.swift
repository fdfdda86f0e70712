import CSystem

/// The version of the sources, which both programs say of themselves; the file format has its own
/// (`Layout.majorVersion`). tools/version.sh reads it here.
public enum ProgramVersion {
  public static let text: StaticString = "0.1.0"

  /// The commit that the program was made from, with "+changes" where the sources were others than
  /// its own; nil in a program that tools/package.sh didn't make. Lives as long as the process.
  public static var commit: UnsafePointer<CChar>? {
    let commit = csys_commit()
    // No commit has this letter.
    return commit[0] == CChar(UInt8(ascii: "u")) ? nil : commit
  }
}
