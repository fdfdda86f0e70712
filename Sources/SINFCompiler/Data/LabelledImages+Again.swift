import SINFModel

extension LabelledImages {
  /// The images `indices` alone, as class names and sizes have it. None of them is of a test part.
  func only(_ indices: [Int]) -> LabelledImages {
    LabelledImages(
      width: width, height: height, channels: channels, pixels: bytes(of: indices),
      labels: indices.map { labels[$0] }, classNames: classNames,
      sources: indices.map { sources[$0] })
  }

  /// Exchanges red and blue of every image with three channels.
  public mutating func swapColors() {
    guard channels == 3 else { return }
    pixels.withUnsafeMutableBufferPointer { pixels in
      for i in stride(from: 0, to: pixels.count, by: 3) { pixels.swapAt(i, i &+ 2) }
    }
  }

  /// The same pictures of the folder `path`, fitted into the network's input as `preprocessing`
  /// says; nil where images are no files of their own, or one can't be read any more.
  func again(_ path: String, preprocessing: Preprocessing) throws -> LabelledImages? {
    guard sources.allSatisfy({ $0.record == nil }) else { return nil }
    let decoded = try PictureBatch(preprocessing: preprocessing).decode(
      sources.map { path + "/" + $0.file }, progress: nil)
    var result = self
    result.pixels = []
    result.pixels.reserveCapacity(pixels.count)
    for picture in decoded {
      guard case .success(let bytes) = picture else { return nil }
      result.pixels += bytes
    }
    return result
  }
}
