/// A path that is put together in memory of a fixed size: the one place where parts are joined.
///
/// What does not fit is refused; never is half of it there.
public struct Path: ~Copyable {
  /// What the system takes at most, the end included (PATH_MAX).
  public static let capacity = 4096
  /// Room for a path below a folder whose own path may be as long as the system takes: for files that
  /// are reached from an open folder and named in words.
  public static let longCapacity = 4096 + 1024

  private let base: UnsafeMutablePointer<CChar>
  /// Bytes of memory, the end included.
  private let limit: Int
  /// Bytes, the end not included.
  public private(set) var count = 0

  /// An empty path.
  ///
  /// - Parameter memory: `capacity` bytes, above 0, outliving this.
  public init(memory: UnsafeMutableRawPointer, capacity: Int = Path.capacity) {
    base = memory.bindMemory(to: CChar.self, capacity: capacity)
    limit = capacity
    base[0] = 0
  }

  /// Valid until the next change.
  public var text: UnsafePointer<CChar> { UnsafePointer(base) }

  /// Becomes `folder/name`, or one of them alone where the other is empty; false when that is too
  /// long, and it is empty then.
  public mutating func set(
    _ folder: UnsafePointer<CChar>, _ name: UnsafePointer<CChar>? = nil
  ) -> Bool {
    count = 0
    if append(folder) {
      guard let name else { return true }
      if join(name) { return true }
    }
    cut(to: 0)
    return false
  }

  /// Appends a slash, where none stands at the end and the path is not empty, and the name, unless
  /// that is empty; false when it does not fit.
  public mutating func join(_ name: UnsafePointer<CChar>) -> Bool {
    if name[0] == 0 { return true }
    let before = count
    if count > 0, base[count - 1] != Path.slash {
      guard count + 1 < limit else { return false }
      base[count] = Path.slash
      count += 1
    }
    if append(name) { return true }
    cut(to: before)
    return false
  }

  /// Appends the text as it is; false when it does not fit.
  public mutating func append(_ text: UnsafePointer<CChar>) -> Bool {
    var length = 0
    while text[length] != 0 {
      length += 1
      guard count + length < limit else { return false }
    }
    (base + count).update(from: text, count: length + 1)
    count += length
    return true
  }

  /// Appends the number's digits; false when they do not fit or it is negative.
  public mutating func append(number: Int) -> Bool {
    guard number >= 0 else { return false }
    var divisor = 1
    var digits = 1
    while number / divisor >= 10 {
      divisor *= 10
      digits += 1
    }
    guard count + digits < limit else { return false }
    while divisor > 0 {
      base[count] = CChar(0x30 + number / divisor % 10)
      count += 1
      divisor /= 10
    }
    base[count] = 0
    return true
  }

  /// Ends it after `length` bytes, which it has.
  public mutating func cut(to length: Int) {
    precondition(length >= 0 && length <= count)
    count = length
    base[count] = 0
  }

  /// Behind the last slash.
  public var lastComponent: UnsafePointer<CChar> { SINFSystem.lastComponent(text) }

  private static let slash: CChar = 0x2F
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
