import Foundation
import SINFCompiler
import SINFGraph
import SINFModel
import SINFModelWriter
import SINFRuntime

/// Bytes of smooth random pictures: a few waves a colour, as natural ones are more alike in
/// neighbours than noise is.
func pictures(_ count: Int, _ shape: Shape, seed: UInt64) -> [UInt8] {
  var generator = SeededGenerator(seed: seed)
  var bytes: [UInt8] = []
  for _ in 0..<count {
    let waves = (0..<shape.channels).map { _ in
      (0..<3).map { _ in
        (
          generator.normal() * 0.5, generator.normal() * 0.5, generator.unitFloat() * 6,
          30 + 40 * generator.unitFloat()
        )
      }
    }
    let level = (0..<shape.channels).map { _ in 60 + 130 * generator.unitFloat() }
    for y in 0..<shape.height {
      for x in 0..<shape.width {
        for c in 0..<shape.channels {
          var value = level[c]
          for (fx, fy, phase, size) in waves[c] {
            value += size * Float(sin(Double(fx * Float(x) + fy * Float(y) + phase)))
          }
          bytes.append(UInt8(max(0, min(255, value))))
        }
      }
    }
  }
  return bytes
}

func preprocessing(for shape: Shape) -> Preprocessing {
  Preprocessing(
    width: UInt16(shape.width), height: UInt16(shape.height), channels: UInt8(shape.channels),
    colorOrder: shape.channels == 1 ? .grey : .rgb)
}

let emptyMetadata = ModelMetadata(
  compilerVersion: "test", inputDigest: [UInt8](repeating: 0, count: 32), networkName: "test",
  seed: 1, baseMultiplyAccumulates: 0, routedMultiplyAccumulates: 0)

/// The logits and outcomes of the written model on each image, by the device's engine.
func runOnDevice(
  _ description: ModelDescription, _ bytes: [UInt8], count: Int, mode: Mode
) throws -> [(logits: [Float], outcome: Outcome)] {
  let file = try ModelWriter.bytes(for: description)
  let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: file.count, alignment: 64)
  defer { memory.deallocate() }
  memory.copyBytes(from: file)
  let model = try Model(validating: UnsafeRawBufferPointer(memory))
  // Not a byte more than planned.
  var arena = try Arena(bytes: Engine.arenaBytes(for: model))
  var engine = try Engine(model: model, arena: &arena)
  let size = bytes.count / count
  let channels = Int(description.preprocessing.channels)
  return (0..<count).map { image in
    for i in 0..<size / channels {
      for c in 0..<4 {
        // What a pixel's fourth byte holds must not matter.
        engine.input[i * 4 + c] =
          c < channels ? bytes[image * size + i * channels + c] : UInt8(truncatingIfNeeded: image)
      }
    }
    let outcome = engine.run(mode)
    return (Array(engine.logits), outcome)
  }
}

func cosine(_ a: [Float], _ b: [Float]) -> Float {
  let dot = { (x: [Float], y: [Float]) in zip(x, y).reduce(Float(0)) { $0 + $1.0 * $1.1 } }
  return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
}

func argmax(_ values: [Float]) -> Int { values.indices.max { values[$0] < values[$1] }! }

/// Logits of each image less their mean over all images: what tells images apart.
func centred(_ logits: [[Float]]) -> [[Float]] {
  let mean = logits[0].indices.map { i in
    logits.reduce(Float(0)) { $0 + $1[i] } / Float(logits.count)
  }
  return logits.map { zip($0, mean).map { $0 - $1 } }
}
