import Foundation
import ONNXExporter
import ONNXImporter
import SINFGraph
import Testing

/// What is written and read again computes the same.
@Suite struct RoundTripTests {
  private struct Builder {
    var values: [Value]
    var nodes: [Node] = []
    var state: UInt64 = 7

    init(_ shape: Shape) { values = [Value(name: "image", shape: shape)] }

    mutating func number() -> Float {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(Int32(truncatingIfNeeded: state >> 32)) / 2_147_483_648
    }

    mutating func add(_ operation: SINFGraph.Operation, _ inputs: [Int], _ shape: Shape) -> Int {
      values.append(Value(name: "v\(values.count)", shape: shape))
      nodes.append(
        Node(
          name: "n\(nodes.count)", operation: operation, inputs: inputs.map(ValueID.init),
          output: ValueID(values.count - 1)))
      return values.count - 1
    }

    mutating func convolution(
      _ input: Int, _ outputs: Int, kernel: (Int, Int), stride: Int = 1, padding: Padding = .none,
      groups: Int = 1, activation: Activation = .none
    ) -> Int {
      let shape = values[input].shape
      let taps = kernel.0 * kernel.1 * shape.channels / groups
      let weights = (0..<outputs * taps).map { _ in number() }
      let bias = (0..<outputs).map { _ in number() }
      let height = (shape.height + padding.top + padding.bottom - kernel.0) / stride + 1
      let width = (shape.width + padding.left + padding.right - kernel.1) / stride + 1
      return add(
        .convolution(
          Convolution(
            inputChannels: shape.channels, outputChannels: outputs, kernelHeight: kernel.0,
            kernelWidth: kernel.1, strideHeight: stride, strideWidth: stride, padding: padding,
            groups: groups, weights: weights, bias: bias, activation: activation)), [input],
        Shape(height: height, width: width, channels: outputs))
    }
  }

  private static func network() -> Graph {
    var b = Builder(Shape(height: 9, width: 8, channels: 3))
    let one = Padding(top: 1, left: 1, bottom: 1, right: 1)
    let odd = Padding(top: 1, left: 0, bottom: 0, right: 1)
    let first = b.convolution(0, 6, kernel: (3, 3), padding: one, activation: .relu)
    let deep = b.convolution(
      first, 6, kernel: (3, 3), padding: one, groups: 6, activation: .clamp(low: 0, high: 6))
    let sum = b.add(.add(.relu), [first, deep], b.values[first].shape)
    let window = Pooling(kernelHeight: 2, kernelWidth: 2, strideHeight: 2, strideWidth: 2)
    let half = Shape(height: 4, width: 4, channels: 6)
    let most = b.add(.maxPool(window), [sum], half)
    let mean = b.add(.averagePool(window), [sum], half)
    let both = b.add(.concat, [most, mean], Shape(height: 4, width: 4, channels: 12))
    let odds = b.convolution(both, 12, kernel: (2, 2), padding: odd)
    let gate = b.add(.globalAveragePool, [both], Shape(height: 1, width: 1, channels: 12))
    let gated = b.add(.multiply, [odds, gate], b.values[odds].shape)
    let last = b.convolution(gated, 5, kernel: (4, 4))
    return Graph(values: b.values, nodes: b.nodes, input: ValueID(0), output: ValueID(last))
  }

  @Test func aNetworkOfAllThatCanBeWritten() throws {
    let graph = Self.network()
    let path = FileManager.default.temporaryDirectory.path + "/sinf-\(UUID().uuidString).onnx"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(ONNXExporter.bytes(of: graph, name: "round trip")).write(
      to: URL(fileURLWithPath: path))
    let read = try ONNXImporter.load(path: path)
    #expect(read.name == "round trip" && read.inputName == "image")
    #expect(read.graph[read.graph.output].shape == Shape(height: 1, width: 1, channels: 5))
    var b = Builder(Shape(height: 1, width: 1, channels: 1))
    let input = Tensor(
      count: 3, shape: graph[graph.input].shape, storage: (0..<3 * 216).map { _ in b.number() })
    let before = try FloatExecutor(graph).run(input)[graph.output]!.storage
    let after = try FloatExecutor(read.graph).run(input)[read.graph.output]!.storage
    #expect(before.count == 15 && after.count == 15)
    #expect(zip(before, after).allSatisfy { abs($0 - $1) <= 1e-4 * max(1, abs($0)) })
    // Names of tensors stay: a split is found again.
    #expect(read.graph.values.contains { $0.name == "v6" })
  }

  @Test func whatHasNoWriterIsNamed() throws {
    var b = Builder(Shape(height: 2, width: 2, channels: 1))
    let made = b.add(.function(.sigmoid), [0], b.values[0].shape)
    let graph = Graph(values: b.values, nodes: b.nodes, input: ValueID(0), output: ValueID(made))
    let error = #expect(throws: ExportError.self) { try ONNXExporter.bytes(of: graph, name: "") }
    #expect(error?.description.contains("'n0'") == true)
  }
}
