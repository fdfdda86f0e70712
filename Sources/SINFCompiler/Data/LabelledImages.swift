import SINFModel

/// Images as the network's input bytes with their classes, in memory.
public struct LabelledImages: Sendable {
  /// Pixels of an image, and bytes of a pixel: 1 (grey) or 3.
  public var width: Int
  public var height: Int
  public var channels: Int
  /// All images one after the other, each height x width x channels (HWC), in the colour order
  /// that the network expects.
  public var pixels: [UInt8]
  /// The class of each image: an index into `classNames`.
  public var labels: [Int]
  public var classNames: [String]
  /// The superclass of each image, where the data set has superclasses (CIFAR-100).
  public var coarse: CoarseLabels?
  /// Where each image came from.
  public var sources: [ImageSource]
  /// Images that the data set publishes as its test part; empty where it makes no such
  /// difference. They come after all others.
  public var testPart: Range<Int>
  /// The beginning of `testPart`, where the data set says itself which images choose; empty where it
  /// doesn't.
  public var choosingPart: Range<Int>
  /// Files that gave no image, with the cause.
  public var skipped: [SkippedFile]

  public init(
    width: Int, height: Int, channels: Int, pixels: [UInt8], labels: [Int], classNames: [String],
    coarse: CoarseLabels? = nil, sources: [ImageSource], testPart: Range<Int>? = nil,
    skipped: [SkippedFile] = []
  ) {
    precondition(pixels.count == labels.count * width * height * channels)
    precondition(sources.count == labels.count)
    precondition(labels.allSatisfy { $0 >= 0 && $0 < classNames.count })
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
    self.labels = labels
    self.classNames = classNames
    self.coarse = coarse
    self.sources = sources
    self.testPart = testPart ?? labels.count..<labels.count
    choosingPart = self.testPart.lowerBound..<self.testPart.lowerBound
    self.skipped = skipped
    precondition(self.testPart.upperBound == labels.count)
  }

  public var count: Int { labels.count }
  public var classCount: Int { classNames.count }
  public var bytesPerImage: Int { width * height * channels }

  /// The bytes of one image within `pixels`.
  public func byteRange(of image: Int) -> Range<Int> {
    image * bytesPerImage..<(image + 1) * bytesPerImage
  }

  /// The bytes of the images `indices`, one after the other.
  public func bytes(of indices: some Collection<Int>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(indices.count * bytesPerImage)
    for image in indices { result.append(contentsOf: pixels[byteRange(of: image)]) }
    return result
  }

  /// Writes one image with four bytes a pixel, as `Engine.input` takes it; bytes past the image's
  /// channels become zero. `input` has room for width * height * 4 bytes.
  public func write(image: Int, to input: UnsafeMutablePointer<UInt8>) {
    let start = byteRange(of: image).lowerBound
    pixels.withUnsafeBufferPointer { all in
      var from = all.baseAddress! + start
      var to = input
      for _ in 0..<width * height {
        to[0] = from[0]
        to[1] = channels > 1 ? from[1] : 0
        to[2] = channels > 2 ? from[2] : 0
        to[3] = 0
        from += channels
        to += 4
      }
    }
  }
}

/// Superclasses: a coarser set of labels for the same images.
public struct CoarseLabels: Sendable, Equatable {
  /// One per image: an index into `names`.
  public var labels: [Int]
  public var names: [String]

  public init(labels: [Int], names: [String]) {
    self.labels = labels
    self.names = names
  }

  /// The superclass of each class, or nil if a class has images in several or in none.
  public func superclasses(of images: LabelledImages) -> [Int]? {
    var result = [Int?](repeating: nil, count: images.classCount)
    for (label, coarse) in zip(images.labels, labels) {
      if let known = result[label], known != coarse { return nil }
      result[label] = coarse
    }
    let found = result.compactMap { $0 }
    return found.count == images.classCount ? found : nil
  }
}

/// Where an image came from: a file, or a record of a file that holds many.
public struct ImageSource: Sendable, Hashable, CustomStringConvertible {
  public var file: String
  /// Counted from 0; nil for a file that is one image.
  public var record: Int?

  public init(file: String, record: Int? = nil) {
    self.file = file
    self.record = record
  }

  public var description: String { record.map { "\(file)#\($0)" } ?? file }
}

/// A file that gave no image.
public struct SkippedFile: Sendable, Hashable {
  public var name: String
  public var reason: String

  public init(name: String, reason: String) {
    self.name = name
    self.reason = reason
  }
}
