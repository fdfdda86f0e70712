import Foundation
import ONNX
import SINFGraph
import SwiftProtobuf

/// Writes graphs as ONNX files that every tool of the field reads: N x C x H x W, one input, one
/// output of N x classes, float32.
public enum ONNXExporter {
  /// The operator set that is written.
  public static let opset: Int64 = 17

  /// The file's bytes.
  ///
  /// - Throws: ``ExportError`` for an operation that has no writer.
  public static func bytes(of graph: Graph, name: String) throws -> [UInt8] {
    var writer = GraphWriter(graph)
    try writer.writeNodes()
    var model = Onnx_ModelProto()
    model.irVersion = 8
    model.producerName = "sinfc"
    model.opsetImport = [.with { $0.version = opset }]
    model.graph = writer.result
    model.graph.name = name
    let data: Data = try model.serializedBytes()
    return [UInt8](data)
  }
}

/// What can't be written.
public struct ExportError: Error, CustomStringConvertible {
  public let description: String
}

/// A graph's nodes on their way into ONNX; values keep their names.
private struct GraphWriter {
  private static let output = "scores"
  var result = Onnx_GraphProto()
  private let graph: Graph
  private var names: [String]

  init(_ graph: Graph) {
    self.graph = graph
    // Two values of one name would be one in the file; the output's is taken.
    var seen: Set<String> = [Self.output]
    names = graph.values.enumerated().map { index, value in
      let name = value.name.isEmpty || seen.contains(value.name) ? "value_\(index)" : value.name
      seen.insert(name)
      return name
    }
    result.input = [Self.info(names[graph.input.index], Self.dims(graph[graph.input].shape))]
    let classes = graph[graph.output].shape.count
    result.output = [Self.info(Self.output, [nil, classes])]
  }

  mutating func writeNodes() throws {
    for (index, node) in graph.nodes.enumerated() { try write(node, index) }
    add("Flatten", [names[graph.output.index]], Self.output, [.integer("axis", 1)])
  }

  private mutating func write(_ node: Node, _ index: Int) throws {
    let inputs = node.inputs.map { names[$0.index] }
    let output = names[node.output.index]
    switch node.operation {
    case .convolution(let conv):
      weights("weights_\(index)", conv)
      floats("bias_\(index)", [conv.outputChannels], conv.bias)
      let made = beforeActivation(conv.activation, output)
      add(
        "Conv", [inputs[0], "weights_\(index)", "bias_\(index)"], made,
        [
          .integers("kernel_shape", [conv.kernelHeight, conv.kernelWidth]),
          .integers("strides", [conv.strideHeight, conv.strideWidth]),
          .pads(conv.padding), .integer("group", conv.groups),
        ])
      activate(conv.activation, made, output, index)
    case .maxPool(let window): add("MaxPool", inputs, output, Self.attributes(window))
    case .averagePool(let window):
      add(
        "AveragePool", inputs, output,
        Self.attributes(window) + [.integer("count_include_pad", window.countsPadding ? 1 : 0)])
    case .globalAveragePool: add("GlobalAveragePool", inputs, output)
    case .add(let activation):
      let made = beforeActivation(activation, output)
      add("Add", inputs, made)
      activate(activation, made, output, index)
    case .multiply: add("Mul", inputs, output)
    case .concat: add("Concat", inputs, output, [.integer("axis", 1)])
    case .activation(let activation): activate(activation, inputs[0], output, index)
    case .function:
      throw ExportError(
        description: "'\(node.name)': its function can't be written as ONNX yet; "
          + "networks of ReLU and clipped activations can")
    }
  }

  private func beforeActivation(_ activation: Activation, _ output: String) -> String {
    activation == .none ? output : output + "_before"
  }

  private mutating func activate(
    _ activation: Activation, _ input: String, _ output: String, _ index: Int
  ) {
    switch activation {
    case .none: if input != output { add("Identity", [input], output) }
    case .relu: add("Relu", [input], output)
    case .clamp(let low, let high):
      floats("low_\(index)", [], [low])
      floats("high_\(index)", [], [high])
      add("Clip", [input, "low_\(index)", "high_\(index)"], output)
    }
  }

  private mutating func add(
    _ type: String, _ inputs: [String], _ output: String, _ attributes: [Onnx_AttributeProto] = []
  ) {
    result.node.append(
      .with {
        $0.opType = type
        // Readers name tensors by the nodes that make them.
        $0.name = output
        $0.input = inputs
        $0.output = [output]
        $0.attribute = attributes
      })
  }

  /// [output][row][column][input] becomes [output][input][row][column].
  private mutating func weights(_ name: String, _ conv: Convolution) {
    let (rows, columns, inputs) = (
      conv.kernelHeight, conv.kernelWidth, conv.inputChannelsPerGroup
    )
    var turned = [Float](repeating: 0, count: conv.weights.count)
    for o in 0..<conv.outputChannels {
      for y in 0..<rows {
        for x in 0..<columns {
          for i in 0..<inputs {
            turned[((o * inputs + i) * rows + y) * columns + x] =
              conv.weights[((o * rows + y) * columns + x) * inputs + i]
          }
        }
      }
    }
    floats(name, [conv.outputChannels, inputs, rows, columns], turned)
  }

  private mutating func floats(_ name: String, _ dims: [Int], _ values: [Float]) {
    var data = Data(capacity: values.count * 4)
    for value in values {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
    }
    result.initializer.append(
      .with {
        $0.name = name
        $0.dims = dims.map(Int64.init)
        $0.dataType = 1
        $0.rawData = data
      })
  }

  private static func attributes(_ window: Pooling) -> [Onnx_AttributeProto] {
    [
      .integers("kernel_shape", [window.kernelHeight, window.kernelWidth]),
      .integers("strides", [window.strideHeight, window.strideWidth]), .pads(window.padding),
    ]
  }

  private static func dims(_ shape: Shape) -> [Int?] {
    [nil, shape.channels, shape.height, shape.width]
  }

  private static func info(_ name: String, _ dims: [Int?]) -> Onnx_ValueInfoProto {
    .with { info in
      info.name = name
      info.type.tensorType.elemType = 1
      info.type.tensorType.shape.dim = dims.map { size in
        .with { if let size { $0.dimValue = Int64(size) } else { $0.dimParam = "N" } }
      }
    }
  }
}

extension Onnx_AttributeProto {
  fileprivate static func integer(_ name: String, _ value: Int) -> Self {
    .with {
      $0.name = name
      $0.type = .int
      $0.i = Int64(value)
    }
  }

  fileprivate static func integers(_ name: String, _ values: [Int]) -> Self {
    .with {
      $0.name = name
      $0.type = .ints
      $0.ints = values.map(Int64.init)
    }
  }

  fileprivate static func pads(_ padding: Padding) -> Self {
    .integers("pads", [padding.top, padding.left, padding.bottom, padding.right])
  }
}
