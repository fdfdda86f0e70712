import Foundation
import ONNX
import SINFGraph
import SwiftProtobuf

/// A network read from an ONNX file.
public struct ImportedNetwork: Sendable {
  /// The network without its closing softmax, simplified.
  public var graph: Graph
  /// The graph's name in the file, may be empty.
  public var name: String
  /// Name of the image input in the file.
  public var inputName: String
  /// Version of the ONNX operator set.
  public var opset: Int
  /// Whether the file's network ends with a softmax or log-softmax, which the graph leaves out.
  public var hasSoftmax: Bool
  /// What was ignored, in words.
  public var warnings: [String]
}

/// Reads ONNX files (operator sets 11 to 21) into graphs.
///
/// Supported are the operators of image classifiers; see ``supportedOperators``. Input is N x C x H
/// x W (or N x F), with a symbolic batch or a fixed one; output is one score a class.
public enum ONNXImporter {
  public static let supportedOpsets = 11...21

  /// The operators that `load` knows. Those of the last line only on constants and shapes.
  public static let supportedOperators = [
    "Add", "AveragePool", "BatchNormalization", "Clip", "Concat", "Constant", "Conv", "Div",
    "Dropout", "Flatten", "Gemm", "GlobalAveragePool", "GlobalMaxPool", "Identity", "LogSoftmax",
    "MatMul", "MaxPool", "Mul", "Pad", "ReduceMean", "Relu", "Reshape", "Softmax", "Squeeze", "Sub",
    "Unsqueeze",
    "Cast", "Gather", "Shape", "Slice", "Transpose",
  ]

  /// The network in the file at `path`.
  ///
  /// Nothing in the file can make this trap; weight files that it names are read only from its own
  /// folder.
  ///
  /// - Throws: ``ImportError``, naming the file, the place in it and what is wrong.
  public static func load(path: String) throws(ImportError) -> ImportedNetwork {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    } catch {
      throw ImportError(.unreadable, file: path, reason: "can't be read")
    }
    return try load(data, path: path)
  }

  /// The network in `data`, whose weight files, if any, lie in the folder of `path`.
  static func load(_ data: Data, path: String) throws(ImportError) -> ImportedNetwork {
    let model: Onnx_ModelProto
    do {
      model = try Onnx_ModelProto(serializedBytes: data)
    } catch {
      throw ImportError(
        .malformed, file: path,
        reason: "the \(data.count) bytes are not an ONNX model (\(error)); is the file complete?")
    }
    guard model.hasGraph, !model.graph.node.isEmpty else {
      throw ImportError(
        .malformed, file: path, reason: "an ONNX model has a graph with nodes, this has none")
    }
    let versions = model.opsetImport.filter { isStandard(domain: $0.domain) }.map(\.version)
    guard let opset = versions.max() else {
      throw ImportError(.malformed, file: path, reason: "names no version of the operator set")
    }
    guard let opset = Int(exactly: opset), supportedOpsets.contains(opset) else {
      throw ImportError(
        .unsupported, file: path,
        reason: "uses operator set \(opset); supported are \(supportedOpsets.lowerBound) to "
          + "\(supportedOpsets.upperBound)")
    }
    var builder = try GraphBuilder(model.graph, file: path, opset: opset)
    return try builder.build()
  }

  static func isStandard(domain: String) -> Bool { domain.isEmpty || domain == "ai.onnx" }
}
