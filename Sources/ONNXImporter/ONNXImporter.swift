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
  /// Whether the file's network ends with something that keeps the order of the scores (softmax,
  /// sigmoid, the best class, ...), which the graph leaves out.
  public var hasSoftmax: Bool
  /// What was ignored, in words.
  public var warnings: [String]
}

/// Reads ONNX files into graphs.
///
/// Supported are the operators of image classifiers; see ``supportedOperators``. Input is N x C x H
/// x W, N x H x W x C or N x F, with an open batch or a fixed one; output is one score a class.
public enum ONNXImporter {
  /// Versions of ONNX' operator set: from the first one whose operators are what they are today to
  /// the newest that there is.
  public static let supportedOpsets = 7...28

  /// The names of the operators that `load` knows, in alphabetical order.
  public static var supportedOperators: [String] { Operator.all.map(\.name).sorted() }

  /// The network in the file at `path`.
  ///
  /// Nothing in the file can make this trap; weight files that it names are read only from its own
  /// folder.
  ///
  /// - Parameter size: Height and width of the image, for a file that leaves them open.
  /// - Throws: ``ImportError``, naming the file, the place in it and what is wrong.
  public static func load(
    path: String, size: InputSize? = nil
  ) throws(ImportError) -> ImportedNetwork {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    } catch {
      throw ImportError(.unreadable, file: path, reason: "can't be read")
    }
    return try load(data, path: path, size: size)
  }

  /// What a folder that is a network of another format is, and how to make ONNX of it; nil for
  /// anything else.
  public static func advice(folder path: String) -> String? { OtherFormat(folder: path)?.advice }

  /// The network in `data`, whose weight files, if any, lie in the folder of `path`.
  static func load(
    _ data: Data, path: String, size: InputSize? = nil
  ) throws(ImportError) -> ImportedNetwork {
    if let other = OtherFormat(data, name: path) {
      throw ImportError(.unsupported, file: path, reason: other.advice)
    }
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
    var builder = try GraphBuilder(model.graph, file: path, opset: opset, size: size)
    return try builder.build()
  }

  static func isStandard(domain: String) -> Bool { domain.isEmpty || domain == "ai.onnx" }
}
