/// The bytes of the arena that an operation reads or writes: `contents` bytes of each of `pixels`
/// pixels that are `stride` apart. 64-bit, because of 32-bit targets.
struct Region {
  let start: Int64
  let pixels: Int64
  let stride: Int64
  let contents: Int64

  /// What reading the tensor depends on.
  init(reading tensor: TensorView) {
    start = Int64(tensor.arenaOffset)
    pixels = Int64(tensor.height) * Int64(tensor.width)
    stride = Int64(tensor.pixelStride)
    contents = Int64(tensor.channels) * Int64(tensor.elementBytes)
  }

  /// What an operation may overwrite: the filling of each pixel as well, unless the kind writes exactly.
  init(writing tensor: TensorView, by kind: OperationKind) {
    let exact = Region(reading: tensor)
    start = exact.start
    pixels = exact.pixels
    stride = exact.stride
    contents = kind.rules.writesExactly ? exact.contents : (exact.contents + 3) & ~3
  }

  var end: Int64 { start + (pixels - 1) * stride + contents }

  /// Whether the two have no byte in common; may say no when pixels interleave in some other way
  /// than slices of one tensor do.
  func isDisjoint(from other: Region) -> Bool {
    if end <= other.start || other.end <= start { return true }
    guard stride == other.stride, pixels == other.pixels else { return false }
    let first = start <= other.start ? self : other
    let second = start <= other.start ? other : self
    let distance = second.start - first.start
    // Slices of one tensor: the second lies behind the first, and before the first's next pixel.
    return distance >= first.contents && distance + second.contents <= stride
  }
}
