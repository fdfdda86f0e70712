import Foundation
import ONNX
import SwiftProtobuf

@testable import ONNXImporter

/// An ONNX model under construction, with weights that repeat.
struct ModelWriter {
  var model = Onnx_ModelProto()
  private var state: UInt64 = 88_172_645_463_325_252

  init(input: [Int?], opset: Int64 = 17) {
    model.irVersion = 8
    model.opsetImport = [.with { $0.version = opset }]
    model.graph.name = "network"
    model.graph.input = [
      .with { info in
        info.name = "image"
        info.type.tensorType.elemType = 1
        info.type.tensorType.shape.dim = input.map { size in
          .with { if let size { $0.dimValue = Int64(size) } else { $0.dimParam = "N" } }
        }
      }
    ]
  }

  mutating func random(_ count: Int) -> [Float] {
    (0..<count).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Float(Int32(truncatingIfNeeded: state >> 32)) / 2_147_483_648
    }
  }

  /// A float initialiser in little-endian bytes.
  @discardableResult
  mutating func weights(_ name: String, _ dims: [Int], _ values: [Float]? = nil) -> [Float] {
    let values = values ?? random(dims.reduce(1, *))
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
    return values
  }

  mutating func integers(_ name: String, _ values: [Int]) {
    model.graph.initializer.append(
      .with {
        $0.name = name
        $0.dims = [Int64(values.count)]
        $0.dataType = 7
        $0.int64Data = values.map(Int64.init)
      })
  }

  mutating func node(
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

  func load(path: String = "/nowhere/model.onnx") throws -> ImportedNetwork {
    try ONNXImporter.load(try model.serializedBytes() as Data, path: path)
  }

  /// The error of `load`, or nil where there is none.
  func failure() -> ImportError? {
    do {
      _ = try load()
      return nil
    } catch {
      return error as? ImportError
    }
  }
}

func attribute(_ name: String, _ value: Int) -> Onnx_AttributeProto {
  .with {
    $0.name = name
    $0.type = .int
    $0.i = Int64(value)
  }
}

func attribute(_ name: String, _ values: [Int]) -> Onnx_AttributeProto {
  .with {
    $0.name = name
    $0.type = .ints
    $0.ints = values.map(Int64.init)
  }
}

func attribute(_ name: String, float value: Float) -> Onnx_AttributeProto {
  .with {
    $0.name = name
    $0.type = .float
    $0.f = value
  }
}

func attribute(_ name: String, _ value: String) -> Onnx_AttributeProto {
  .with {
    $0.name = name
    $0.type = .string
    $0.s = Data(value.utf8)
  }
}

/// image (N x 2 x 5 x 4) -> Conv 3x3 -> BatchNormalization -> Relu -> MaxPool -> Flatten -> Gemm.
func smallClassifier(opset: Int64 = 17) -> ModelWriter {
  var writer = ModelWriter(input: [nil, 2, 5, 4], opset: opset)
  writer.weights("conv.weight", [3, 2, 3, 3])
  writer.weights("conv.bias", [3])
  writer.weights("scale", [3])
  writer.weights("shift", [3])
  writer.weights("mean", [3])
  writer.weights("variance", [3], [0.5, 1, 2])
  writer.weights("linear.weight", [4, 12])
  writer.weights("linear.bias", [4])
  writer.node(
    "Conv", ["image", "conv.weight", "conv.bias"], "conv", [attribute("pads", [1, 1, 1, 1])])
  writer.node("BatchNormalization", ["conv", "scale", "shift", "mean", "variance"], "normal")
  writer.node("Relu", ["normal"], "relu")
  writer.node(
    "MaxPool", ["relu"], "pool",
    [attribute("kernel_shape", [2, 2]), attribute("strides", [2, 2])])
  writer.node("Flatten", ["pool"], "flat")
  writer.node(
    "Gemm", ["flat", "linear.weight", "linear.bias"], "scores", [attribute("transB", 1)])
  return writer
}
