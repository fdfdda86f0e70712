import ONNX
import SINFGraph

/// Height and width of the images that a network gets, where its file leaves them open.
public struct InputSize: Sendable, Hashable {
  public var width: Int
  public var height: Int

  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }
}

/// What the file says of its input.
struct InputForm {
  /// Images at once; 1 where that is open.
  let batch: Int
  let shape: Shape
  let view: View

  init(
    _ input: Onnx_ValueInfoProto, file: String, size: InputSize?
  ) throws(ImportError) {
    func failure(_ kind: ImportError.Kind, _ reason: String) -> ImportError {
      ImportError(kind, file: file, place: .input(input.name), reason: reason)
    }
    guard case .tensorType(let type)? = input.type.value, type.hasShape else {
      throw failure(.malformed, "has no shape")
    }
    let element = Onnx_TensorProto.DataType(rawValue: Int(type.elemType)) ?? .undefined
    guard [.float, .float16, .bfloat16, .double, .uint8].contains(element) else {
      throw failure(
        .unsupported,
        "is of type \(type.elemType) (\(element)); supported are float, float16, bfloat16, double "
          + "and uint8")
    }
    var dims: [Int?] = type.shape.dim.map { dim in
      if case .dimValue(let value)? = dim.value, value > 0 { return Int(value) }
      return nil
    }
    let described = dims.map { $0.map(String.init) ?? "?" }.joined(separator: " x ")
    guard dims.count == 4 || dims.count == 2 else {
      throw failure(
        .unsupported, "is \(described); supported is N x C x H x W, N x H x W x C or N x F")
    }
    // A heuristic: pictures have 1 to 4 channels, and hardly any picture is that high.
    let pictures = 1...4
    let isChannelsLast =
      dims.count == 4 && !(dims[1].map(pictures.contains) ?? false)
      && (dims[3].map(pictures.contains) ?? false)
    if dims.count == 4 {
      let (row, column) = isChannelsLast ? (1, 2) : (2, 3)
      if let size {
        for (place, wanted, name) in [(row, size.height, "height"), (column, size.width, "width")] {
          if let found = dims[place], found != wanted {
            throw failure(
              .unsupported,
              "is \(described): its \(name) is fixed at \(found), --input-size says \(wanted)")
          }
          dims[place] = wanted
        }
      }
      guard dims[row] != nil, dims[column] != nil else {
        throw failure(
          .unsupported,
          "is \(described): height and width are open; name them with --input-size WIDTHxHEIGHT, "
            + "for instance --input-size 224x224")
      }
    }
    let known = dims.dropFirst().compactMap { $0 }
    guard known.count == dims.count - 1 else {
      throw failure(.unsupported, "is \(described); the number of channels must be known")
    }
    batch = dims[0] ?? 1
    guard known.allSatisfy({ $0 <= 65535 }), batch <= 65535, boundedProduct([batch] + known) != nil
    else { throw failure(.unsupported, "is \(described), too large") }
    if known.count == 1 {
      shape = Shape(height: 1, width: 1, channels: known[0])
      view = View([
        [Factor(axis: .batch, size: batch, step: 1)],
        [Factor(axis: .channel, size: known[0], step: 1)],
      ])
    } else if isChannelsLast {
      shape = Shape(height: known[0], width: known[1], channels: known[2])
      view = View(image: shape, batch: batch).transposed([0, 2, 3, 1])
    } else {
      shape = Shape(height: known[1], width: known[2], channels: known[0])
      view = View(image: shape, batch: batch)
    }
  }
}
