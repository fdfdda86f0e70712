import Foundation
import ONNX

/// Reads the tensors of one ONNX file, and of the weight files next to it.
struct TensorReader {
  /// Path of the ONNX file.
  let file: String

  /// - Throws: ``ImportError`` when the type is not supported or the data don't fit the shape.
  func constant(_ proto: Onnx_TensorProto) throws(ImportError) -> Constant {
    func malformed(_ reason: String) -> ImportError {
      ImportError(.malformed, file: file, place: .tensor(proto.name), reason: reason)
    }
    let dims = proto.dims.map { Int($0) }
    guard let count = boundedProduct(dims) else {
      throw malformed("shape \(dims) is negative or above \(maximumNumbers) numbers")
    }
    let type = ElementType(rawValue: Int(proto.dataType)) ?? .undefined
    let width: Int
    switch type {
    case .float, .int32, .uint32: width = 4
    case .double, .int64, .uint64: width = 8
    case .float16, .bfloat16, .int16, .uint16: width = 2
    case .bool, .int8, .uint8: width = 1
    default:
      throw ImportError(
        .unsupported, file: file, place: .tensor(proto.name),
        reason: "data type \(proto.dataType) (\(type)); supported are float, float16, bfloat16, "
          + "double, bool and integers of 8 to 64 bits")
    }

    var raw: Data? = nil
    if proto.dataLocation == .external {
      raw = try externalData(proto, bytes: count * width)
    } else if !proto.rawData.isEmpty {
      raw = proto.rawData
    }
    if let raw {
      guard raw.count == count * width else {
        throw malformed(
          "holds \(raw.count) bytes, shape \(dims) of type \(type) needs \(count * width)")
      }
      return Constant(dims: dims, content: decode(raw, type), element: type)
    }

    let content: Constant.Content
    switch type {
    case .float: content = .floats(proto.floatData)
    case .double: content = .floats(proto.doubleData.map { Float($0) })
    case .float16:
      content = .floats(
        proto.int32Data.map { Float(Float16(bitPattern: UInt16(truncatingIfNeeded: $0))) })
    case .bfloat16:
      content = .floats(
        proto.int32Data.map { Float(bitPattern: UInt32(UInt16(truncatingIfNeeded: $0)) << 16) })
    case .int32, .bool, .int8, .uint8, .int16, .uint16:
      content = .integers(proto.int32Data.map { Int($0) })
    default: content = .integers(proto.int64Data.map { Int($0) })
    }
    let result = Constant(dims: dims, content: content, element: type)
    guard result.count == count else {
      throw malformed("holds \(result.count) numbers, shape \(dims) needs \(count)")
    }
    return result
  }

  /// Little-endian numbers of `type`, one of those that `constant` lets pass.
  private func decode(_ data: Data, _ type: Onnx_TensorProto.DataType) -> Constant.Content {
    data.withUnsafeBytes { bytes in
      func read<Bits: FixedWidthInteger, Result>(
        _: Bits.Type, _ convert: (Bits) -> Result
      ) -> [Result] {
        let width = MemoryLayout<Bits>.size
        return (0..<bytes.count / width).map {
          convert(
            Bits(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * width, as: Bits.self)))
        }
      }
      switch type {
      case .float: return .floats(read(UInt32.self) { Float(bitPattern: $0) })
      case .double: return .floats(read(UInt64.self) { Float(Double(bitPattern: $0)) })
      case .float16: return .floats(read(UInt16.self) { Float(Float16(bitPattern: $0)) })
      case .bfloat16: return .floats(read(UInt16.self) { Float(bitPattern: UInt32($0) << 16) })
      case .int32: return .integers(read(Int32.self) { Int($0) })
      case .uint32: return .integers(read(UInt32.self) { Int($0) })
      case .uint64: return .integers(read(UInt64.self) { Int(clamping: $0) })
      case .int16: return .integers(read(Int16.self) { Int($0) })
      case .uint16: return .integers(read(UInt16.self) { Int($0) })
      case .int8: return .integers(read(Int8.self) { Int($0) })
      case .bool, .uint8: return .integers(read(UInt8.self) { Int($0) })
      default: return .integers(read(Int64.self) { Int($0) })
      }
    }
  }

  /// The bytes of a tensor kept in a file of its own, in the ONNX file's folder or below it.
  private func externalData(
    _ proto: Onnx_TensorProto, bytes: Int
  ) throws(ImportError) -> Data {
    func failure(_ kind: ImportError.Kind, _ reason: String) -> ImportError {
      ImportError(kind, file: file, place: .tensor(proto.name), reason: reason)
    }
    func entry(_ key: String) -> String? { proto.externalData.first { $0.key == key }?.value }
    func number(_ key: String) throws(ImportError) -> Int? {
      guard let text = entry(key) else { return nil }
      guard let value = Int(text), value >= 0 else {
        throw failure(.malformed, "external data: \(key) is '\(text)', not a number of bytes")
      }
      return value
    }

    guard let location = entry("location"), !location.isEmpty else {
      throw failure(.malformed, "external data without a location")
    }
    let folder = URL(fileURLWithPath: file).resolvingSymlinksInPath().deletingLastPathComponent()
    let target = folder.appendingPathComponent(location).resolvingSymlinksInPath()
    let parts = location.split(separator: "/", omittingEmptySubsequences: false)
    guard !location.hasPrefix("/"), !parts.contains(".."), !location.contains("\0"),
      target.path.hasPrefix(folder.path.hasSuffix("/") ? folder.path : folder.path + "/")
    else {
      throw failure(.malformed, "external data at '\(location)' is outside the model's folder")
    }
    let offset = try number("offset") ?? 0
    let length = try number("length") ?? bytes
    guard length == bytes else {
      throw failure(.malformed, "external data has \(length) bytes, its shape needs \(bytes)")
    }

    let found: Data
    do {
      let handle = try FileHandle(forReadingFrom: target)
      defer { try? handle.close() }
      // A seek past the end is not an error, the read then finds nothing.
      try handle.seek(toOffset: UInt64(offset))
      found = try handle.read(upToCount: bytes) ?? Data()
    } catch {
      throw failure(.unreadable, "external data file '\(location)' can't be read")
    }
    guard found.count == bytes else {
      throw failure(
        .malformed,
        "external data file '\(location)' has \(found.count) of the \(bytes) bytes "
          + "at offset \(offset)")
    }
    return found
  }
}
