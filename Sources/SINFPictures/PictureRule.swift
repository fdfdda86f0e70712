import CSystem

/// Which files of a folder are taken for pictures.
public enum PictureRule {
  /// Whether the name ends in .jpg, .jpeg, .jpe, .jfif or .png, in either case.
  public static func accepts(name: UnsafePointer<CChar>) -> Bool {
    var count = 0
    var dot = -1
    while name[count] != 0 {
      if name[count] == 0x2E { dot = count }
      count += 1
    }
    let length = count - dot - 1
    guard dot >= 0, length == 3 || length == 4 else { return false }
    // Up to four letters, in lower case, as one number.
    var letters: UInt32 = 0
    for index in dot + 1..<count {
      letters = letters << 8 | UInt32(UInt8(bitPattern: name[index]) | 0x20)
    }
    switch letters {
    case 0x6A_7067, 0x6A_7065, 0x70_6E67: return true  // jpg, jpe, png
    case 0x6A70_6567, 0x6A66_6966: return true  // jpeg, jfif
    default: return false
    }
  }

  /// Whether the regular file begins like a JPEG or PNG, whatever its name; false when it cannot be
  /// read.
  public static func acceptsContent(path: UnsafePointer<CChar>) -> Bool {
    var start = InlineArray<4, UInt8>(repeating: 0)
    var span = start.mutableSpan
    let count = span.withUnsafeMutableBufferPointer {
      csys_first_bytes(path, $0.baseAddress!, Int32($0.count))
    }
    guard count == 4 else { return false }
    let isJPEG = start[0] == 0xFF && start[1] == 0xD8 && start[2] == 0xFF
    let isPNG = start[0] == 0x89 && start[1] == 0x50 && start[2] == 0x4E && start[3] == 0x47
    return isJPEG || isPNG
  }
}
