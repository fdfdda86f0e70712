/// The version of the sources, which both programs say of themselves; the file format has its own
/// (`Layout.majorVersion`).
public enum ProgramVersion {
  public static let text: StaticString = "0.1.0"
}
