import SINFCompiler
import SINFGraph
import Testing

@Suite struct QuantizeFunctionTests {
  private func quantized(_ graph: Graph) throws -> QuantizedGraph {
    let normalization = try InputNormalization(mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25])
    let images = pictures(16, graph[graph.input].shape, seed: 3)
    return try Quantizer(normalization: normalization).quantize(
      NetworkParts(plain: graph), on: Calibration(bytes: images, count: 16)
    ).whole
  }

  /// Every stored value of a tensor comes through a choice of channels as the byte that it was.
  @Test func choosingChannelsChangesNoByte() throws {
    let quantized = try quantized(Networks.shuffled(5))
    var choices = 0
    for (index, node) in quantized.graph.nodes.enumerated() {
      guard case .convolution(let conv) = node.operation, conv.isSelection,
        let from = quantized.parameters[node.inputs[0]], let to = quantized.parameters[node.output]
      else { continue }
      choices += 1
      #expect(from == to, "\(node.name)")
      let layer = try #require(quantized.convolutions[index])
      for output in 0..<conv.outputChannels {
        let weight = layer.weights[output * conv.taps..<(output + 1) * conv.taps].reduce(0) {
          $0 + Int($1)
        }
        for stored in 0...255 {
          let sum = Float(weight * stored + Int(layer.bias[output]))
          let result = (sum * layer.multipliers[output]).rounded(.toNearestOrEven)
          #expect(Int(result) + Int(to.zeroPoint) == stored, "\(node.name), channel \(output)")
        }
      }
    }
    #expect(choices == 6)
  }

  /// What a sigmoid alone reads is kept only where the sigmoid is not flat yet.
  @Test func rangesServeTheFunctionsThatReadThem() throws {
    func make(_ function: ScalarFunction) throws -> (Float, Float) {
      var n = NetworkBuilder(input: Networks.image, seed: 8)
      let wide = n.conv(n.start, 8, kernel: 1, activation: .none)
      let scaled = n.function(wide, .affine(scale: 40, shift: 0))
      let output = n.linear(n.function(scaled, function), 10)
      let quantized = try quantized(n.graph(output))
      let range = try #require(quantized.parameters[scaled]).range
      return (range.lowerBound, range.upperBound)
    }
    let flat = try make(.sigmoid)
    let straight = try make(.leakyRelu(alpha: 0.5))
    #expect(flat.1 - flat.0 < (straight.1 - straight.0) / 2)
  }

  @Test func whatExplodesIsNamed() {
    var n = NetworkBuilder(input: Networks.image, seed: 8)
    var x = n.conv(n.start, 4)
    for _ in 0..<8 { x = n.function(x, .affine(scale: 1e6, shift: 0)) }
    let output = n.linear(x, 10)
    let graph = n.graph(output)
    let error = #expect(throws: LoweringError.self) { try quantized(graph) }
    #expect(error.map { "\($0)".contains("calibration") } == true)
  }
}
