import SINFModel

extension OperationDescription {
  /// What an operation of a file does, between tensors of the file's indices.
  init(_ view: OperationView, _ tensors: (input: Int, second: Int, output: Int)) {
    let (input, second, output) = tensors
    switch view.function {
    case .convolution(let convolution):
      self = .convolution(
        QuantizedConvolution(
          convolution, channels: view.output.channels,
          weights: WeightPacking.unpackedConvolution(
            convolution.weights, outputChannels: view.output.channels,
            kernelHeight: convolution.window.kernelHeight,
            kernelWidth: convolution.window.kernelWidth, inputChannels: view.input.channels)),
        input: input, output: output)
    case .depthwise(let convolution):
      self = .depthwise(
        QuantizedConvolution(
          convolution, channels: view.output.channels,
          weights: WeightPacking.unpackedDepthwise(
            convolution.weights, channels: view.output.channels,
            kernelHeight: convolution.window.kernelHeight,
            kernelWidth: convolution.window.kernelWidth)),
        input: input, output: output)
    case .maxPool(let pool):
      self = .maxPool(Window(pool.window), input: input, output: output)
    case .averagePool(let pool):
      self = .averagePool(
        Window(pool.window), countsPadding: pool.countsPadding, multiplier: pool.multiplier,
        input: input, output: output)
    case .add(let add):
      self = .add(
        multiplierA: add.multiplier, multiplierB: add.secondMultiplier, low: add.low,
        high: add.high, a: input, b: second, output: output)
    case .multiply(let product):
      self = .multiply(
        multiplier: product.multiplier, low: product.low, high: product.high, a: input, b: second,
        output: output)
    case .copy:
      self = .copy(input: input, output: output)
    case .lookup(let lookup):
      self = .lookup(table: Array(lookup.table), input: input, output: output)
    }
  }
}

extension QuantizedConvolution {
  /// - Parameters:
  ///   - channels: Output channels, without their filling.
  ///   - weights: Unpacked.
  init(_ view: ConvolutionView, channels: Int, weights: [Int8]) {
    self.init(
      window: Window(view.window), weights: weights, bias: Array(view.bias.prefix(channels)),
      multipliers: Array(view.multipliers.prefix(channels)), padValues: Array(view.padValues),
      low: view.low, high: view.high, pairsFit: view.pairsFit)
  }
}

extension Window {
  init(_ view: WindowView) {
    self.init(
      kernelHeight: view.kernelHeight, kernelWidth: view.kernelWidth,
      strideHeight: view.strideHeight, strideWidth: view.strideWidth, padTop: view.padTop,
      padLeft: view.padLeft)
  }
}
