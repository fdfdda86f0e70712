import SINFModel

/// A program's weights section, made anew to fit its operations.
struct WeightArrays {
  private(set) var bytes: [UInt8] = []
  private(set) var isTooLarge = false
  var random: Random

  init(random: Random) { self.random = random }

  /// Appends the arrays of an operation and notes in its record where they are.
  mutating func add(_ operation: Int, in file: inout ModelSections) {
    typealias Op = Layout.Operation
    let kind = OperationKind(rawValue: UInt8(file.get(.operations, operation, Op.kind, 1)))
    let input = file.get(.operations, operation, Op.input, 2)
    let output = file.get(.operations, operation, Op.output, 2)
    guard !isTooLarge, input < file.count(.tensors), output < file.count(.tensors) else { return }
    if kind == .lookup {
      file.put(begin(), .operations, operation, Op.weights, 4)
      file.put(256, .operations, operation, Op.weightBytes, 4)
      for _ in 0..<256 { bytes.append(UInt8(truncatingIfNeeded: random.next())) }
      return
    }
    guard kind == .convolution || kind == .depthwise else { return }
    let taps =
      file.get(.operations, operation, Op.kernelHeight, 2)
      * file.get(.operations, operation, Op.kernelWidth, 2)
    let inputs = file.get(.tensors, input, Layout.Tensor.channels, 2)
    let outputs = file.get(.tensors, output, Layout.Tensor.channels, 2)
    let isDepthwise = kind == .depthwise
    let packed =
      isDepthwise ? Packing.depthwiseChannels(outputs) : Packing.convolutionChannels(outputs)
    let lanes = isDepthwise ? 1 : (inputs + 3) / 4 * 4
    let count = taps &* lanes &* packed
    guard count >= 0, count <= 1 << 18, bytes.count <= 1 << 19 else {
      isTooLarge = true
      return
    }
    let pairsFit = file.get(.operations, operation, Op.flags, 1) & Int(Op.pairsFitFlag) != 0
    var weights = [Int8](repeating: 0, count: count)
    var sums = [Int32](repeating: 0, count: packed)
    let most = pairsFit ? 64 : 127
    for channel in 0..<outputs {
      for tap in 0..<taps {
        for lane in 0..<(isDepthwise ? 1 : inputs) {
          let weight = Int8(random.below(2 * most + 1) - most)
          let index =
            isDepthwise
            ? Packing.depthwiseIndex(tap: tap, channel: channel, channels: outputs)
            : Packing.convolutionIndex(
              outputChannel: channel, tapGroup: tap * (lanes / 4) + lane / 4, lane: lane % 4,
              outputChannels: outputs, tapGroups: taps * (lanes / 4))
          weights[index] = weight
          sums[channel] += Int32(weight)
        }
      }
    }
    file.put(begin(), .operations, operation, Op.weights, 4)
    file.put(count, .operations, operation, Op.weightBytes, 4)
    bytes += weights.map { UInt8(bitPattern: $0) }
    let fan = Float(max(taps * lanes, 1))
    put(
      (0..<packed).map { $0 < outputs ? UInt32(bitPattern: Int32(random.below(4001) - 2000)) : 0 },
      Op.bias, operation, &file)
    put(sums.map { UInt32(bitPattern: $0) }, Op.weightSums, operation, &file)
    put(
      (0..<packed).map { channel in
        channel < outputs ? (Float(1 + random.below(4000)) / (fan * 8000)).bitPattern : 0
      }, Op.multipliers, operation, &file)
  }

  /// Where the next array begins.
  private mutating func begin() -> Int {
    bytes += [UInt8](repeating: 0, count: (64 - bytes.count % 64) % 64)
    return bytes.count
  }

  private mutating func put(
    _ values: [UInt32], _ field: Int, _ operation: Int, _ file: inout ModelSections
  ) {
    file.put(begin(), .operations, operation, field, 4)
    for value in values {
      for k in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(8 * k))) }
    }
  }
}
