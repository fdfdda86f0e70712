import SINFModel
import SINFModelWriter
import SINFRuntime
import Testing

/// What one run gave, copied out of the engine.
struct Answer: Equatable {
  var path: Outcome.Path
  var cluster: Int
  var confidence: Float
  var macs: UInt64
  var logits: [Float]
  var rows: [Int]?
  var ranked: [Ranked]
}

/// The bytes of a model file, at a multiple of 64.
final class FileMemory {
  let bytes: UnsafeMutableRawBufferPointer

  init(_ contents: [UInt8]) {
    bytes = .allocate(byteCount: contents.count, alignment: 64)
    bytes.copyBytes(from: contents)
  }

  convenience init(_ model: ColorModel) throws {
    self.init(try ModelWriter.bytes(for: model.description))
  }

  deinit { bytes.deallocate() }

  var model: Model {
    get throws(ModelError) { try Model(validating: UnsafeRawBufferPointer(bytes)) }
  }
}

/// Copies a picture into the engine's input; fills the unused fourth bytes with `filling`.
func load(_ picture: Picture, into engine: borrowing Engine, filling: UInt8 = 0xEE) {
  for pixel in 0..<4 {
    for color in 0..<3 { engine.input[pixel * 4 + color] = picture.bytes[pixel * 3 + color] }
    engine.input[pixel * 4 + 3] = filling
  }
}

/// Runs a picture on an engine.
func answer(
  _ engine: inout Engine, _ picture: Picture, _ mode: Mode = .routed, threshold: Float? = nil,
  top count: Int = 6, filling: UInt8 = 0xEE
) -> Answer {
  load(picture, into: engine, filling: filling)
  let outcome = engine.run(mode, threshold: threshold)
  return answer(engine: &engine, outcome, top: count)
}

/// Collects what the last run of an engine left.
func answer(engine: inout Engine, _ outcome: Outcome, top count: Int) -> Answer {
  let ranked = UnsafeMutableBufferPointer<Ranked>.allocate(capacity: max(count, 0))
  defer { ranked.deallocate() }
  let found = engine.top(count, into: ranked)
  return Answer(
    path: outcome.path, cluster: outcome.cluster ?? -1, confidence: outcome.routeConfidence ?? 0,
    macs: outcome.macs, logits: Array(engine.logits), rows: engine.rows?.map { Int($0) },
    ranked: Array(ranked[..<found]))
}
