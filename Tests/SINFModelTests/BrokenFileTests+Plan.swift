import SINFModel

// Operations of the tiny model: 0 convolution, 1 maximum (features); 2 average, 3 linear (route);
// 4 depthwise, 5 add, 6 average, 7 linear (cluster 0); 8, 9 convolutions, 10 copy, 11 lookup,
// 12 linear (cluster 1); 13 linear (whole).
extension BrokenFileTests {
  static let brokenTensors: [BrokenFile] = [
    BrokenFile("unknown element type", .tensors, "an element type") {
      $0.put(.tensors, 3, Layout.Tensor.element, UInt8(3))
    },
    BrokenFile("tensor without height", .tensors, "a tensor's side is at least") {
      $0.put(.tensors, 3, Layout.Tensor.height, UInt16(0))
    },
    BrokenFile("tensor too wide", .tensors, "a tensor's side is at most") {
      $0.put(.tensors, 3, Layout.Tensor.width, UInt16(16_385))
    },
    BrokenFile("tensor without channels", .tensors, "a tensor's channels") {
      $0.put(.tensors, 3, Layout.Tensor.channels, UInt16(0))
    },
    BrokenFile("scale not a number", .tensors, "a tensor's scale") {
      $0.put(.tensors, 3, Layout.Tensor.scale, Float.nan)
    },
    BrokenFile("denormal scale", .tensors, "a tensor's scale") {
      $0.put(.tensors, 3, Layout.Tensor.scale, Float.leastNonzeroMagnitude)
    },
    BrokenFile("float tensor with a scale", .tensors, "a float tensor's scale") {
      $0.put(.tensors, 4, Layout.Tensor.scale, Float(2))
    },
    BrokenFile("float tensor with a zero point", .tensors, "a byte without use") {
      $0.put(.tensors, 4, Layout.Tensor.zeroPoint, UInt8(1))
    },
    BrokenFile("stride below the channels", .tensors, "a pixel's stride holds") {
      $0.put(.tensors, 1, Layout.Tensor.pixelStride, UInt32(4))
    },
    BrokenFile("huge stride", .tensors, "a pixel's stride is at most") {
      $0.put(.tensors, 1, Layout.Tensor.pixelStride, UInt32.max)
    },
    BrokenFile("odd stride", .tensors, "a pixel's stride is a multiple") {
      $0.put(.tensors, 1, Layout.Tensor.pixelStride, UInt32(10))
    },
    BrokenFile("crooked tensor", .tensors, "a tensor begins at a multiple") {
      $0.put(.tensors, 1, Layout.Tensor.arenaOffset, UInt32(72))
    },
    BrokenFile("tensor behind the arena", .tensors, "a tensor ends inside") {
      $0.put(.tensors, 1, Layout.Tensor.arenaOffset, UInt32(0xFFFF_FFC0))
    },
    BrokenFile("tensor past the arena's end", .tensors, "a tensor ends inside") {
      $0.put(.model, 0, Layout.Model.arenaBytes, UInt32(391))
    },
  ]

  /// What kernels multiply: the route's linear layer reads one pixel, so that its stride is free.
  static let brokenProducts: [BrokenFile] = [
    BrokenFile("strides whose product wraps to zero", .operations, "an input pixel's bytes times") {
      $0.put(.tensors, 3, Layout.Tensor.pixelStride, UInt32(1 << 25))
      $0.put(.operations, 3, Layout.Operation.strideHeight, UInt16(32))
      $0.put(.operations, 3, Layout.Operation.strideWidth, UInt16(4))
    },
    BrokenFile("stride that wraps alone", .operations, "an input pixel's bytes times") {
      $0.put(.tensors, 3, Layout.Tensor.pixelStride, UInt32(1 << 28))
      $0.put(.operations, 3, Layout.Operation.strideHeight, UInt16(16))
    },
    BrokenFile("reach beyond 32 bits", .operations, "the bytes that a window passes") {
      $0.put(.tensors, 3, Layout.Tensor.pixelStride, UInt32(1 << 23))
      $0.put(.operations, 3, Layout.Operation.strideHeight, UInt16(255))
    },
    BrokenFile("pixels behind the arena", .tensors, "a tensor ends inside") {
      $0.put(.tensors, 3, Layout.Tensor.height, UInt16(16_384))
      $0.put(.tensors, 3, Layout.Tensor.width, UInt16(16_384))
    },
  ]

  static let brokenPrograms: [BrokenFile] = [
    BrokenFile("subgraph where route belongs", .programs, "programs come in the order") {
      $0.put(.programs, 1, Layout.Program.kind, UInt8(3))
    },
    BrokenFile("unknown program kind", .programs, "programs come in the order") {
      $0.put(.programs, 0, Layout.Program.kind, UInt8(9))
    },
    BrokenFile("subgraph of another cluster", .programs, "subgraphs are in the order") {
      $0.put(.programs, 3, Layout.Program.cluster, UInt16(0))
    },
    BrokenFile("operations shared", .programs, "a program's operations follow") {
      $0.put(.programs, 2, Layout.Program.firstOperation, UInt32(0))
    },
    BrokenFile("no operations", .programs, "a program's operations are at least") {
      $0.put(.programs, 0, Layout.Program.operationCount, UInt32(0))
    },
    BrokenFile("endless operations", .programs, "a program's operations are at most") {
      $0.put(.programs, 0, Layout.Program.operationCount, UInt32.max)
    },
    BrokenFile("operations that are not there", .programs, "a program's operations are in") {
      $0.put(.programs, 0, Layout.Program.operationCount, UInt32(15))
    },
    BrokenFile("program's tensor that is not there", .programs, "a tensor's index") {
      $0.put(.programs, 0, Layout.Program.output, UInt16(14))
    },
    BrokenFile("image of another size", .programs, "the first program reads") {
      $0.put(.model, 0, Layout.Model.width, UInt16(5))
    },
    BrokenFile("route that reads the image", .programs, "route, subgraphs and whole read") {
      $0.put(.programs, 1, Layout.Program.input, UInt16(0))
    },
    BrokenFile("logits in bytes", .programs, "a program's output is a vector") {
      $0.put(.programs, 1, Layout.Program.output, UInt16(3))
    },
    BrokenFile("features as floats", .programs, "features are bytes") {
      $0.put(.programs, 0, Layout.Program.output, UInt16(4))
    },
    BrokenFile("too few logits", .programs, "the number of logits") {
      $0.put(.programs, 1, Layout.Program.output, UInt16(7))
    },
    BrokenFile("wrong cost", .programs, "a program's multiply-accumulates") {
      $0.put(.programs, 0, Layout.Program.multiplyAccumulates, UInt64.max)
    },
    BrokenFile("unknown operation", .operations, "an operation's kind") {
      $0.put(.operations, 1, Layout.Operation.kind, UInt8(9))
    },
    BrokenFile("operation's tensor that is not there", .operations, "a tensor's index") {
      $0.put(.operations, 1, Layout.Operation.input, UInt16(14))
    },
    BrokenFile("second input of a maximum", .operations, "only what has two operands") {
      $0.put(.operations, 1, Layout.Operation.secondInput, UInt16(0))
    },
    BrokenFile("unknown flag", .operations, "flags are") {
      $0.put(.operations, 2, Layout.Operation.flags, UInt8(2))
    },
    BrokenFile("bounds exchanged", .operations, "the lower bound") {
      $0.put(.operations, 5, Layout.Operation.low, UInt8(251))
    },
    BrokenFile("window of a copy", .operations, "a byte without use") {
      $0.put(.operations, 10, Layout.Operation.kernelWidth, UInt16(1))
    },
    BrokenFile("endless multiplier", .operations, "a multiplier is in") {
      $0.put(.operations, 2, Layout.Operation.multiplier, Float.infinity)
    },
    BrokenFile("second multiplier of zero", .operations, "a multiplier is in") {
      $0.put(.operations, 5, Layout.Operation.secondMultiplier, Float(0))
    },
    BrokenFile("floats read", .operations, "operations read bytes") {
      $0.put(.operations, 3, Layout.Operation.input, UInt16(4))
    },
    BrokenFile("floats within", .operations, "the only tensor of floats") {
      $0.put(.operations, 2, Layout.Operation.output, UInt16(7))
    },
    BrokenFile("maximum changes the scale", .operations, "a copy and a maximum keep") {
      $0.put(.tensors, 1, Layout.Tensor.scale, Float(0.5))
    },
    BrokenFile("padding that is not zero", .operations, "outside every tensor but the image") {
      $0.put(.operations, 4, Layout.Operation.padValues, UInt32(0x0707_0807))
    },
    BrokenFile("convolution on a crooked tensor", .operations, "only a copy writes") {
      $0.put(.operations, 8, Layout.Operation.output, UInt16(10))
    },
    BrokenFile("channels lost", .operations, "the output has as many channels") {
      $0.put(.operations, 1, Layout.Operation.input, UInt16(0))
      $0.put(.tensors, 0, Layout.Tensor.scale, Float(0.125))
    },
    BrokenFile("kernel of nothing", .operations, "a kernel's side is at least") {
      $0.put(.operations, 0, Layout.Operation.kernelHeight, UInt16(0))
    },
    BrokenFile("huge kernel", .operations, "a kernel's side is at most") {
      $0.put(.operations, 0, Layout.Operation.kernelHeight, UInt16.max)
    },
    BrokenFile("stride of nothing", .operations, "a stride is at least") {
      $0.put(.operations, 0, Layout.Operation.strideWidth, UInt16(0))
    },
    BrokenFile("huge stride of a window", .operations, "a stride is at most") {
      $0.put(.operations, 0, Layout.Operation.strideWidth, UInt16(256))
    },
    BrokenFile("padding beyond a pool's window", .operations, "padding is at most") {
      $0.put(.operations, 1, Layout.Operation.padTop, UInt16(2))
    },
    BrokenFile("windows end early", .operations, "the windows reach") {
      $0.put(.operations, 1, Layout.Operation.strideHeight, UInt16(1))
      $0.put(.operations, 1, Layout.Operation.kernelHeight, UInt16(1))
    },
    BrokenFile("windows leave the image", .operations, "the windows end with the image") {
      $0.put(.operations, 1, Layout.Operation.strideHeight, UInt16(4))
    },
    BrokenFile("weights too short", .operations, "packed weights have the bytes") {
      $0.put(.operations, 3, Layout.Operation.weightBytes, UInt32(60))
    },
    BrokenFile("weights elsewhere", .operations, "an array begins") {
      $0.put(.operations, 3, Layout.Operation.weights, UInt32(64))
    },
    BrokenFile("bias elsewhere", .operations, "an array begins") {
      $0.put(.operations, 3, Layout.Operation.bias, UInt32.max)
    },
    BrokenFile("table too short", .operations, "a lookup's table") {
      $0.put(.operations, 11, Layout.Operation.weightBytes, UInt32(255))
    },
    BrokenFile("weight of -128", .weights, "a weight is at least") {
      $0.put($0.section(.weights).lowerBound, Int8.min)
    },
    BrokenFile("weight that fills a group", .weights, "weights that fill a group") {
      let start = $0.section(.weights).lowerBound
      let sum = start + Int($0.get(.operations, 0, Layout.Operation.weightSums, as: UInt32.self))
      $0.put(start + 3, Int8(1))
      $0.put(sum, $0.get(sum, as: Int32.self) + 1)
    },
    BrokenFile("weight of a filling channel", .weights, "weights of filling channels") {
      let route = $0.section(.weights, program: 1)
      $0.put(route.lowerBound + 4 * 4, Int8(1))
    },
    BrokenFile("bias of a filling channel", .weights, "the bias of a filling channel") {
      let bias = Int($0.get(.operations, 3, Layout.Operation.bias, as: UInt32.self))
      $0.put($0.section(.weights, program: 1).lowerBound + bias + 16, Int32(1))
    },
    BrokenFile("multiplier of a filling channel", .weights, "the multiplier of a filling") {
      let at = Int($0.get(.operations, 3, Layout.Operation.multipliers, as: UInt32.self))
      $0.put($0.section(.weights, program: 1).lowerBound + at + 16, Float(1).bitPattern)
    },
    BrokenFile("multiplier not a number", .weights, "a multiplier is in") {
      let at = Int($0.get(.operations, 3, Layout.Operation.multipliers, as: UInt32.self))
      $0.put($0.section(.weights, program: 1).lowerBound + at, Float.nan.bitPattern)
    },
    BrokenFile("wrong weight sum", .weights, "a channel's weight sum") {
      let at = Int($0.get(.operations, 3, Layout.Operation.weightSums, as: UInt32.self))
      $0.put($0.section(.weights, program: 1).lowerBound + at, Int32(1_000_000))
    },
    BrokenFile("accumulator overflows", .weights, "a bias leaves room") {
      let at = Int($0.get(.operations, 3, Layout.Operation.bias, as: UInt32.self))
      $0.put($0.section(.weights, program: 1).lowerBound + at, Int32.min)
    },
    BrokenFile("bytes between arrays", .weights, "bytes between arrays") {
      let at = Int($0.get(.operations, 3, Layout.Operation.bias, as: UInt32.self))
      $0.put($0.section(.weights, program: 1).lowerBound + at + 40, UInt8(1))
    },
  ]
}
