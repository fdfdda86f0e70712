import SINFModel

/// A window over height and width.
public struct Window: Hashable, Sendable {
  public var kernelHeight: Int
  public var kernelWidth: Int
  public var strideHeight: Int
  public var strideWidth: Int
  public var padTop: Int
  public var padLeft: Int
  /// Padding at the bottom and right is whatever the output's shape implies.
  public init(
    kernelHeight: Int, kernelWidth: Int, strideHeight: Int = 1, strideWidth: Int = 1,
    padTop: Int = 0, padLeft: Int = 0
  ) {
    self.kernelHeight = kernelHeight
    self.kernelWidth = kernelWidth
    self.strideHeight = strideHeight
    self.strideWidth = strideWidth
    self.padTop = padTop
    self.padLeft = padLeft
  }
}

extension Window {
  var elements: Int { kernelHeight * kernelWidth }

  /// Elements of the kernel, whose sides are checked.
  func checkedElements(_ place: String) throws(DescriptionError) -> Int {
    let most = Int(Layout.Limit.extent)
    guard (1...most).contains(kernelHeight), (1...most).contains(kernelWidth) else {
      throw DescriptionError(
        place: place, found: "a kernel of \(kernelHeight) x \(kernelWidth)",
        expected: "sides in 1...\(most)")
    }
    return elements
  }

  func write(to record: inout Record) throws(DescriptionError) {
    typealias Field = Layout.Operation
    try record.put(Field.kernelHeight, kernelHeight, as: UInt16.self, "kernelHeight")
    try record.put(Field.kernelWidth, kernelWidth, as: UInt16.self, "kernelWidth")
    try record.put(Field.strideHeight, strideHeight, as: UInt16.self, "strideHeight")
    try record.put(Field.strideWidth, strideWidth, as: UInt16.self, "strideWidth")
    try record.put(Field.padTop, padTop, as: UInt16.self, "padTop")
    try record.put(Field.padLeft, padLeft, as: UInt16.self, "padLeft")
  }

  func writeAverage(
    to record: inout Record, countsPadding: Bool, multiplier: Float
  ) throws(DescriptionError) {
    record.put(
      Layout.Operation.flags, countsPadding ? Layout.Operation.countsPaddingFlag : 0)
    record.put(Layout.Operation.multiplier, multiplier)
    try write(to: &record)
  }
}
