/// Names that are written in the program.
enum Text {
  static var none: UnsafePointer<CChar> { text("") }
  static var here: UnsafePointer<CChar> { text(".") }
  static var dot: UnsafePointer<CChar> { text(".") }
  static var dash: UnsafePointer<CChar> { text("-") }
  /// Begins the name of a frame that is being deleted.
  static var leaving: UnsafePointer<CChar> { text(".sinf-leaving.") }
  /// Ends the name of a file that is about to take another's place.
  static var new: UnsafePointer<CChar> { text(".new") }

  /// (A literal passed as a C string directly would become an array.)
  private static func text(_ text: StaticString) -> UnsafePointer<CChar> {
    UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
  }
}
