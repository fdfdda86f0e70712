import Foundation
import ONNX
import SINFGraph
import Testing

@testable import ONNXImporter

/// What exporters write in several nodes, or in another order of dimensions, for one operation.
@Suite struct FormTests {
  private func kinds(_ graph: Graph) -> [String] {
    graph.nodes.map { node in
      switch node.operation {
      case .convolution: "convolution"
      case .maxPool: "maximum"
      case .averagePool, .globalAveragePool: "mean"
      case .add: "add"
      case .multiply: "multiply"
      case .concat: "concat"
      case .activation: "activation"
      case .function: "function"
      }
    }
  }

  /// A convolution of the image (N x 2 x 3 x 3), `middle` from "x" to "y", and a linear layer: the
  /// graph has `nodes` and gives what `meaning` of the convolution's result leads to.
  private func check(
    _ nodes: [String], _ middle: (inout ModelWriter) -> Void, _ meaning: (Planes) -> Planes
  ) throws {
    var writer = ModelWriter(input: [nil, 2, 3, 3])
    let first = writer.weights("first", [4, 2, 1, 1])
    let last = writer.weights("last", [5, 36])
    writer.node("Conv", ["image", "first"], "x")
    middle(&writer)
    writer.node("Flatten", ["y"], "flat")
    writer.node("Gemm", ["flat", "last"], "scores", [attribute("transB", 1)])
    let image = Planes(2, 3, 3, writer.random(18))
    let before = image.convolved(first, [0, 0, 0, 0], kernel: (1, 1))
    let graph = try writer.load().graph
    #expect(kinds(graph) == nodes)
    let expected = meaning(before).linear(last, [0, 0, 0, 0, 0])
    #expect(largestDifference(try scores(graph, image), expected) < 1e-5)
  }

  @Test func hardSwishInFourNodesIsOneFunction() throws {
    try check(["convolution", "function", "convolution"]) {
      $0.weights("three", [], [3])
      $0.weights("zero", [], [0])
      $0.weights("six", [], [6])
      $0.node("Add", ["x", "three"], "shifted")
      $0.node("Clip", ["shifted", "zero", "six"], "clipped")
      $0.node("Mul", ["x", "clipped"], "product")
      $0.node("Div", ["product", "six"], "y")
    } _: {
      $0.map { $0 * min(max($0 + 3, 0), 6) / 6 }
    }
  }

  @Test func reluByMaximumGoesIntoTheConvolution() throws {
    try check(["convolution", "convolution"]) {
      $0.weights("zero", [1, 1, 1], [0])
      $0.weights("one", [], [1])
      $0.node("Max", ["zero", "x"], "positive")
      $0.node("Min", ["positive", "one"], "y")
    } _: {
      $0.map { min(max($0, 0), 1) }
    }
  }

  @Test func aGateMultipliesEveryPixel() throws {
    try check(["convolution", "mean", "function", "multiply", "convolution"]) {
      $0.node("GlobalAveragePool", ["x"], "mean")
      $0.node("Sigmoid", ["mean"], "gate")
      $0.node("Mul", ["gate", "x"], "y")
    } _: { x in
      let means = (0..<4).map { x.numbers[$0 * 9..<$0 * 9 + 9].reduce(0, +) / 9 }
      return x.mapChannels { $1 * ScalarFunction.sigmoid(means[$0]) }
    }
  }

  @Test func transposesThereAndBackAreNothing() throws {
    try check(["convolution", "convolution"]) {
      $0.weights("shifts", [4], [1, 2, 3, 4])
      $0.node("Transpose", ["x"], "nhwc", [attribute("perm", [0, 2, 3, 1])])
      $0.node("Add", ["nhwc", "shifts"], "shifted")
      $0.node("Transpose", ["shifted"], "y", [attribute("perm", [0, 3, 1, 2])])
    } _: {
      $0.mapChannels { $1 + Float($0 + 1) }
    }
  }

  @Test func aShuffleGoesIntoTheLayerBehindIt() throws {
    try check(["convolution", "convolution"]) {
      $0.integers("groups", [0, 2, 2, 3, 3])
      $0.integers("flatten", [0, 4, 3, 3])
      $0.node("Reshape", ["x", "groups"], "grouped")
      $0.node("Transpose", ["grouped"], "turned", [attribute("perm", [0, 2, 1, 3, 4])])
      $0.node("Reshape", ["turned", "flatten"], "y")
    } _: { x in
      Planes(4, 3, 3, [0, 2, 1, 3].flatMap { x.numbers[$0 * 9..<$0 * 9 + 9] })
    }
  }

  @Test func constantArithmeticOfPadding() throws {
    try check(["convolution", "convolution"]) {
      $0.integers("one", [1])
      $0.integers("four", [4])
      $0.integers("two", [2])
      $0.integers("zero", [0])
      $0.node("Shape", ["x"], "shape")
      $0.node("Slice", ["shape", "two", "four"], "size")
      $0.node("Mul", ["size", "two"], "double")
      $0.node("Cast", ["double"], "real", [attribute("to", 1)])
      $0.node("Ceil", ["real"], "whole")
      $0.node("Cast", ["whole"], "length", [attribute("to", 7)])
      $0.node("Sub", ["length", "double"], "none")
      $0.node(
        "Concat", ["zero", "zero", "none", "zero", "zero", "none"], "pads",
        [
          attribute("axis", 0)
        ])
      $0.node("Pad", ["x", "pads"], "y")
    } _: {
      $0
    }
  }

  @Test(arguments: [
    ("Sigmoid", [] as [Onnx_AttributeProto]), ("ArgMax", [attribute("axis", 1)]),
    ("LogSoftmax", []),
  ]) func heads(operation: String, attributes: [Onnx_AttributeProto]) throws {
    var writer = smallClassifier()
    let image = Planes(2, 5, 4, writer.random(40))
    let plain = try scores(try writer.load().graph, image)
    writer.node(operation, ["scores"], "end", attributes)
    let network = try writer.load()
    #expect(network.hasSoftmax)
    #expect(try scores(network.graph, image) == plain)
  }

  @Test func freeHeightAndWidth() throws {
    var writer = ModelWriter(input: [nil, 2, nil, nil])
    writer.weights("w", [3, 2])
    writer.node("GlobalAveragePool", ["image"], "mean")
    writer.node("Flatten", ["mean"], "flat")
    writer.node("Gemm", ["flat", "w"], "scores", [attribute("transB", 1)])
    let data = try writer.model.serializedBytes() as Data
    let network = try ONNXImporter.load(
      data, path: "x.onnx", size: InputSize(width: 6, height: 4))
    #expect(
      network.graph[network.graph.input].shape == Shape(height: 4, width: 6, channels: 2))
    #expect(writer.failure()?.description.contains("--input-size") == true)
  }

  /// Weights of a quantised file at their real values; a range that begins at zero is a ReLU.
  @Test func quantizedFiles() throws {
    var writer = ModelWriter(input: [nil, 2, 3, 3])
    func bytes(_ name: String, _ dims: [Int], _ values: [Int8], type: Int32) {
      writer.model.graph.initializer.append(
        .with {
          $0.name = name
          $0.dims = dims.map(Int64.init)
          $0.dataType = type
          $0.int32Data = values.map { Int32($0) }
        })
    }
    bytes("w", [1, 2, 1, 1], [4, -8], type: 3)
    bytes("zero", [], [0], type: 2)
    writer.weights("step", [], [0.25])
    writer.weights("range", [], [1])
    writer.node("DequantizeLinear", ["w", "step"], "weights")
    writer.node("Conv", ["image", "weights"], "conv")
    writer.node("QuantizeLinear", ["conv", "range", "zero"], "stored")
    writer.node("DequantizeLinear", ["stored", "range", "zero"], "real")
    writer.node("Flatten", ["real"], "flat")
    let last = writer.weights("last", [2, 9])
    writer.node("Gemm", ["flat", "last"], "scores", [attribute("transB", 1)])
    let network = try writer.load()
    #expect(network.warnings.count == 1)
    let image = Planes(2, 3, 3, writer.random(18))
    let expected = image.convolved([1, -2], [0], kernel: (1, 1)).map { max($0, 0) }
      .linear(last, [0, 0])
    #expect(largestDifference(try scores(network.graph, image), expected) < 1e-5)
  }

  /// All names in one table, each of them once.
  @Test func everyOperatorStandsOnce() {
    #expect(Operator.named.count == Operator.all.count)
    #expect(ONNXImporter.supportedOperators.contains("HardSwish"))
  }
}
