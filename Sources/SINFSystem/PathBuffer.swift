/// A path that is put together in memory of a fixed size.
public struct PathBuffer {
  public static let capacity = 4096
  private let base: UnsafeMutablePointer<CChar>

  /// - Parameter memory: `capacity` bytes, outliving this.
  public init(memory: UnsafeMutableRawPointer) {
    base = memory.bindMemory(to: CChar.self, capacity: PathBuffer.capacity)
    base[0] = 0
  }

  /// Valid until the next change.
  public var path: UnsafePointer<CChar> { UnsafePointer(base) }

  /// Holds `folder/name`, or one of them alone where the other is empty; false when that is too long.
  public func set(_ folder: UnsafePointer<CChar>, _ name: UnsafePointer<CChar>) -> Bool {
    var end = 0
    guard append(folder, &end) else { return false }
    if name[0] == 0 { return true }
    if end > 0, base[end - 1] != 0x2F {
      guard end + 1 < PathBuffer.capacity else { return false }
      base[end] = 0x2F
      end += 1
    }
    return append(name, &end)
  }

  /// Appends to what is held; false when it does not fit.
  public func append(_ text: UnsafePointer<CChar>) -> Bool {
    var end = 0
    while base[end] != 0 { end += 1 }
    return append(text, &end)
  }

  /// Ends what is held before byte `index`, which is inside it.
  public func cut(before index: Int) { base[index] = 0 }

  /// Appends the number, with a dot before it behind a name; false when it does not fit.
  public func append(number: Int) -> Bool {
    var end = 0
    while base[end] != 0 { end += 1 }
    guard end + 22 < PathBuffer.capacity, number >= 0 else { return false }
    if end > 0, base[end - 1] != 0x2F {
      base[end] = 0x2E
      end += 1
    }
    var divisor = 1
    while number / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      base[end] = CChar(0x30 + number / divisor % 10)
      end += 1
      divisor /= 10
    }
    base[end] = 0
    return true
  }

  private func append(_ text: UnsafePointer<CChar>, _ end: inout Int) -> Bool {
    var index = 0
    while text[index] != 0 {
      guard end + 1 < PathBuffer.capacity else {
        base[end] = 0
        return false
      }
      base[end] = text[index]
      end += 1
      index += 1
    }
    base[end] = 0
    return true
  }
}

/// The part of a path behind its last slash.
public func lastComponent(_ path: UnsafePointer<CChar>) -> UnsafePointer<CChar> {
  var start = path
  var index = 0
  while path[index] != 0 {
    if path[index] == 0x2F { start = path + index + 1 }
    index += 1
  }
  return start
}
