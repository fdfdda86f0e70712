import Foundation
import ONNX

/// One node of the file with checked access to its attributes.
struct NodeReader {
  let proto: Onnx_NodeProto
  let file: String
  let index: Int
  /// Version of the operator set.
  let opset: Int

  var output: String { proto.output.first ?? "" }
  /// The node's name, or its output's where it has none.
  var name: String { proto.name.isEmpty ? output : proto.name }

  private var place: ImportError.Place {
    .node(index: index, name: proto.name, operation: proto.opType, output: output)
  }

  func malformed(_ reason: String) -> ImportError {
    ImportError(.malformed, file: file, place: place, reason: reason)
  }

  func unsupported(_ reason: String) -> ImportError {
    ImportError(.unsupported, file: file, place: place, reason: reason)
  }

  /// Name of operand `index`, or nil where it is left out.
  func input(_ index: Int) -> String? {
    guard proto.input.indices.contains(index), !proto.input[index].isEmpty else { return nil }
    return proto.input[index]
  }

  func requireInputs(_ range: ClosedRange<Int>) throws(ImportError) {
    guard range.contains(proto.input.count) else {
      throw malformed("has \(proto.input.count) operands, needs \(range)")
    }
  }

  /// Refuses nodes whose outputs after the first are read or named.
  func requireSingleOutput() throws(ImportError) {
    guard proto.output.dropFirst().allSatisfy(\.isEmpty) else {
      throw unsupported("only the first output is supported, has \(proto.output)")
    }
  }

  // MARK: Attributes

  private func attribute(
    _ name: String, _ type: Onnx_AttributeProto.AttributeType
  ) throws(ImportError) -> Onnx_AttributeProto? {
    guard let found = proto.attribute.first(where: { $0.name == name }) else { return nil }
    guard found.type == type else {
      throw malformed("attribute '\(name)' is of type \(found.type), needs \(type)")
    }
    return found
  }

  func has(_ name: String) -> Bool { proto.attribute.contains { $0.name == name } }

  func integer(_ name: String) throws(ImportError) -> Int? {
    try attribute(name, .int).map { Int($0.i) }
  }

  func integers(_ name: String) throws(ImportError) -> [Int]? {
    try attribute(name, .ints).map { $0.ints.map { Int($0) } }
  }

  func float(_ name: String) throws(ImportError) -> Float? { try attribute(name, .float)?.f }

  /// A number that is not infinite, `standard` where it is not given.
  func finite(_ name: String, standard: Float) throws(ImportError) -> Float {
    let value = try float(name) ?? standard
    guard value.isFinite else { throw malformed("\(name) is \(value)") }
    return value
  }

  func floats(_ name: String) throws(ImportError) -> [Float]? {
    try attribute(name, .floats)?.floats
  }

  func tensor(_ name: String) throws(ImportError) -> Onnx_TensorProto? {
    try attribute(name, .tensor)?.t
  }

  func string(_ name: String) throws(ImportError) -> String? {
    try attribute(name, .string).map { String(decoding: $0.s, as: UTF8.self) }
  }

  /// An attribute that must have one value, its default, where it is given.
  func require(_ name: String, _ expected: Int, _ meaning: String) throws(ImportError) {
    if let found = try integer(name), found != expected {
      throw unsupported("\(name) is \(found); only \(expected) (\(meaning)) is supported")
    }
  }

  /// `axis` counted from the front.
  func normalise(axis: Int, rank: Int) throws(ImportError) -> Int {
    guard axis >= -rank, axis < rank else {
      throw malformed("axis \(axis) is outside the \(rank) dimensions")
    }
    return axis < 0 ? axis + rank : axis
  }
}
