/// Divides one block of memory among those that live in it.
struct Carver {
  private var next: UnsafeMutableRawPointer

  static let alignment = 64

  /// - Parameter memory: 64-byte aligned, as large as all that is taken, each rounded up.
  init(_ memory: UnsafeMutableRawPointer) {
    next = memory
  }

  static func rounded(_ bytes: Int) -> Int { (bytes + alignment - 1) & ~(alignment - 1) }

  mutating func take(_ bytes: Int) -> UnsafeMutableRawPointer {
    defer { next += Carver.rounded(bytes) }
    return next
  }
}
