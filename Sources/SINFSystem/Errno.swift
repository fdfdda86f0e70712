import CSystem

/// What the system says went wrong: an `errno`.
public struct Errno: Error, Equatable, Sendable {
  public let number: Int32

  public init(_ number: Int32) {
    self.number = number
  }

  /// Nothing stands under the name.
  public static var noSuchFile: Errno { Errno(csys_no_such_file()) }
  /// Something stands there already.
  public static var exists: Errno { Errno(csys_exists()) }
  public static var noPermission: Errno { Errno(csys_no_permission()) }
  public static var noSpace: Errno { Errno(csys_no_space()) }
  public static var pathTooLong: Errno { Errno(csys_path_too_long()) }
  public static var otherFileSystem: Errno { Errno(csys_other_file_system()) }
  public static var tryAgain: Errno { Errno(csys_try_again()) }
  /// A link stands where none is followed.
  public static var isALink: Errno { Errno(csys_is_a_link()) }
  public static var tooManyFiles: Errno { Errno(csys_too_many_files()) }
  /// Given up because somebody asked for it.
  public static var cancelled: Errno { Errno(csys_cancelled()) }

  /// Whether the machine is in trouble, not the file, so that it may pass.
  public var isTrouble: Bool { csys_is_trouble(number) != 0 }

  /// What it means, in English; lives as long as the process.
  public var text: UnsafePointer<CChar> { csys_error_text(number) }

  /// Throws what a function of CSystem returned unless that is 0.
  public static func check(_ result: Int32) throws(Errno) {
    if result != 0 { throw Errno(result) }
  }

  /// What a function of CSystem returned, thrown where it is a negative errno. (Interrupted calls are
  /// repeated there, so that nobody here sees EINTR.)
  public static func value(_ result: Int32) throws(Errno) -> Int32 {
    if result < 0 { throw Errno(-result) }
    return result
  }
}
