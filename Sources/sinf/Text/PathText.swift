/// Names of files that the program makes.
enum PathText {
  /// The ledger in the watched folder.
  static var state: UnsafePointer<CChar> { text(".sinf-watch") }
  /// Ends the name of a file that is about to take another's place.
  static var new: UnsafePointer<CChar> { text(".new") }
  /// Ends the name of the model before the one in use.
  static var old: UnsafePointer<CChar> { text(".old") }
  /// Ends a name that is there for a moment.
  static var scratch: UnsafePointer<CChar> { text(".link") }
  static var here: UnsafePointer<CChar> { text(".") }

  /// (A literal passed as a C string directly would become an array.)
  private static func text(_ text: StaticString) -> UnsafePointer<CChar> {
    UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
  }
}
