import Foundation
import SINFGraph
import Testing

@testable import SINFCompiler

/// The gradient of the first class' cross entropy at a value, and the same by finite differences of
/// the float executor, for some numbers of that value.
private func compare(_ graph: Graph, at value: ValueID, _ images: Tensor) throws -> Bool {
  let labels = [Int](repeating: 0, count: images.count)
  let rows = Array(0..<graph[graph.output].shape.channels)
  let given = [graph.input: images]
  let (found, gradient) = try graph.gradient(at: value, given: given) {
    $0.crossEntropyGradient(labels: labels, rows: rows)
  }
  func loss(_ tensor: Tensor) throws -> Double {
    let logits = try FloatExecutor(graph).run(from: [value: tensor], to: [graph.output])
    var shares = logits[graph.output]!.storage
    softmaxRows(&shares, columns: rows.count)
    return stride(from: 0, to: shares.count, by: rows.count).reduce(0.0) {
      $0 - log(Double(shares[$1]))
    }
  }
  // Slopes in random directions are as large as the gradient's norm; the kinks of rectifiers and
  // maxima that a step crosses are worth a hundredth of it, a wrong operation most of it.
  let norm = gradient.storage.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
  var generator = SeededGenerator(seed: 9)
  var near = 0
  for _ in 0..<8 {
    let direction = found.storage.map { _ in generator.normal() }
    func moved(_ step: Float) -> Tensor {
      var result = found
      for i in direction.indices { result.storage[i] += step * direction[i] }
      return result
    }
    let step: Float = 5e-4
    let slope = try (loss(moved(step)) - loss(moved(-step))) / Double(2 * step)
    let said = zip(direction, gradient.storage).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    if abs(slope - said) < 0.03 * norm { near += 1 }
  }
  return norm > 0.01 && near == 8
}

@Test func gradientOfAChainWithPoolingAndStrides() throws {
  var b = GraphBuilder(height: 8, width: 8, channels: 3, seed: 21)
  let a = b.conv(ValueID(0), 6)
  let graph = b.classifier(b.conv(b.pool(b.conv(a, 8)), 8, depthwise: true), classes: 4)
  #expect(try compare(graph, at: a, b.images(3)))
}

@Test func gradientThroughEveryOperation() throws {
  var b = GraphBuilder(height: 6, width: 6, channels: 2, seed: 22)
  let a = b.conv(ValueID(0), 4, activation: .clamp(low: 0, high: 6))
  let sum = b.add(a, b.conv(a, 4, activation: .none))
  let shape = Shape(height: 6, width: 6, channels: 4)
  let sigmoid = ScalarFunction.identity.applying(.sigmoid)
  let gateShape = Shape(height: 1, width: 1, channels: 4)
  let mean = b.append("squeeze", .globalAveragePool, [sum], gateShape)
  let gate = b.append("gate", .function(sigmoid), [mean], gateShape)
  let gated = b.append("gated", .multiply, [sum, gate], shape)
  let squared = b.append("squared", .multiply, [gated, gated], shape)
  let joined = b.concat(squared, a)
  let window = Pooling(
    kernelHeight: 3, kernelWidth: 3, strideHeight: 2, strideWidth: 2,
    padding: Padding(top: 1, left: 1, bottom: 1, right: 1))
  let pooled = b.append(
    "mean3", .averagePool(window), [joined], Shape(height: 3, width: 3, channels: 8))
  let active = b.append(
    "relu", .activation(.relu), [pooled], Shape(height: 3, width: 3, channels: 8))
  let graph = b.classifier(active, classes: 3)
  #expect(try compare(graph, at: a, b.images(2)))
}

@Test func gradientOfALinearLayerByHand() throws {
  // Weights (1 2; 3 4), image (1, 1): the gradient (1, -1) of the logits gives (1 - 3, 2 - 4).
  let shape = Shape(height: 1, width: 1, channels: 2)
  let layer = Convolution(
    inputChannels: 2, outputChannels: 2, kernelHeight: 1, kernelWidth: 1, weights: [1, 2, 3, 4],
    bias: [0, 0])
  let graph = Graph(
    values: [Value(name: "x", shape: shape), Value(name: "y", shape: shape)],
    nodes: [
      Node(name: "fc", operation: .convolution(layer), inputs: [ValueID(0)], output: ValueID(1))
    ],
    input: ValueID(0), output: ValueID(1))
  let x = Tensor(count: 1, shape: shape, storage: [1, 1])
  let (value, gradient) = try graph.gradient(at: graph.input, given: [graph.input: x]) { logits in
    #expect(logits.storage == [3, 7])
    return Tensor(count: 1, shape: shape, storage: [1, -1])
  }
  #expect(value.storage == [1, 1])
  #expect(gradient.storage == [-2, -2])
}
