import Foundation
import ONNX
import ONNXImporter
import SINFCompiler
import SINFGraph
import SwiftProtobuf

/// An ONNX network of a few layers: random convolutions with a residual block, mean over space,
/// and a linear layer that is fitted on the pictures it is to tell apart.
struct TinyNetwork {
  private var model = Onnx_ModelProto()
  private var generator = SeededGenerator(seed: 7)

  private init(channels: Int, side: Int) {
    model.irVersion = 8
    model.opsetImport = [.with { $0.version = 17 }]
    model.graph.name = "tiny"
    model.graph.input = [
      .with { info in
        info.name = "image"
        info.type.tensorType.elemType = 1
        info.type.tensorType.shape.dim =
          [.with { $0.dimParam = "N" }]
          + [channels, side, side].map { size in .with { $0.dimValue = Int64(size) } }
      }
    ]
  }

  /// The file's bytes. `pixels` are HWC pictures one after the other, of classes `labels`.
  static func file(
    channels: Int, classes: Int, pixels: [UInt8], labels: [Int], side: Int = Stripes.side
  ) throws -> [UInt8] {
    var network = TinyNetwork(channels: channels, side: side)
    network.conv("image", from: channels, to: 24, stride: 2, output: "a")
    network.conv("a", from: 24, to: 32, stride: 2, output: "b")
    network.conv("b", from: 32, to: 32, stride: 1, output: "c")
    network.conv("c", from: 32, to: 32, stride: 1, output: "d", rectified: false)
    network.node("Add", ["b", "d"], "e")
    network.node("Relu", ["e"], "f")
    network.node("GlobalAveragePool", ["f"], "g")
    network.node("Flatten", ["g"], "features")

    let folder = try TemporaryFolder()
    var body = network
    body.linear("features", weights: body.unit(32), bias: [Float](repeating: 0, count: 32))
    let path = try folder.write("body.onnx", Array(try body.bytes()))
    let graph = try ONNXImporter.load(path: path).graph
    let input = Tensor(
      count: labels.count, shape: graph[graph.input].shape,
      storage: pixels.map { Float($0) / 255 })
    let features = try FloatExecutor(graph).run(input)[graph.output]!.storage
    var settings = SoftmaxClassifier.Settings()
    settings.epochs = 60
    settings.batch = 32
    settings.learningRate = 0.02
    var generator = SeededGenerator(seed: 8)
    let fitted = SoftmaxClassifier.fit(
      features, labels: labels, classes: classes, settings: settings, generator: &generator)
    network.linear("features", weights: fitted.layers[0].weights, bias: fitted.layers[0].bias)
    return Array(try network.bytes())
  }

  private func bytes() throws -> Data { try model.serializedBytes() }

  private func unit(_ order: Int) -> [Float] {
    (0..<order * order).map { $0 / order == $0 % order ? 1 : 0 }
  }

  private mutating func conv(
    _ input: String, from: Int, to: Int, stride: Int, output: String, rectified: Bool = true
  ) {
    let spread = (2 / Float(from * 9)).squareRoot()
    weights(
      output + ".weight", [to, from, 3, 3],
      (0..<to * from * 9).map { _ in spread * generator.normal() })
    weights(output + ".bias", [to], (0..<to).map { _ in 0.1 * generator.normal() })
    node(
      "Conv", [input, output + ".weight", output + ".bias"],
      rectified ? output + ".linear" : output,
      [integers("pads", [1, 1, 1, 1]), integers("strides", [stride, stride])])
    if rectified { node("Relu", [output + ".linear"], output) }
  }

  private mutating func linear(_ input: String, weights values: [Float], bias: [Float]) {
    weights("linear.weight", [bias.count, values.count / bias.count], values)
    weights("linear.bias", [bias.count], bias)
    node(
      "Gemm", [input, "linear.weight", "linear.bias"], "scores",
      [
        .with {
          $0.name = "transB"
          $0.type = .int
          $0.i = 1
        }
      ])
  }

  private mutating func weights(_ name: String, _ dims: [Int], _ values: [Float]) {
    var data = Data()
    for value in values {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
    }
    model.graph.initializer.append(
      .with {
        $0.name = name
        $0.dims = dims.map(Int64.init)
        $0.dataType = 1
        $0.rawData = data
      })
  }

  private mutating func node(
    _ operation: String, _ inputs: [String], _ output: String,
    _ attributes: [Onnx_AttributeProto] = []
  ) {
    model.graph.node.append(
      .with {
        $0.opType = operation
        $0.input = inputs
        $0.output = [output]
        $0.attribute = attributes
      })
    model.graph.output = [.with { $0.name = output }]
  }

  private func integers(_ name: String, _ values: [Int]) -> Onnx_AttributeProto {
    .with {
      $0.name = name
      $0.type = .ints
      $0.ints = values.map(Int64.init)
    }
  }
}
