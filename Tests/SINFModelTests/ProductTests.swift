import SINFModel
import Testing

@testable import SINFModelWriter

/// Products of two tensors, and which of them are refused.
@Suite struct ProductTests {
  typealias T = SqueezeModel.Tensor

  @Test func modelReadsBackAsDescribed() throws {
    let file = GuardedBytes(try ModelWriter.bytes(for: SqueezeModel.description))
    let model = try file.model
    #expect(model.minorVersion == 2)
    let program = try #require(model.program(.whole))
    var found: [(multiplier: Float, repeats: Bool)] = []
    for index in 0..<program.operationCount {
      guard case .multiply(let view) = program.operation(index).function else { continue }
      found.append((view.multiplier, view.repeats(over: program.operation(index).input)))
    }
    let multipliers: [Float] = [1.0 / 128, 1.0 / 64, 1.0 / 100]
    #expect(found.map(\.multiplier) == multipliers)
    #expect(found.map(\.repeats) == [true, false, true])
    #expect(firstUnsafe(in: model, file: UnsafeRawBufferPointer(file.bytes)) == nil)
  }

  struct Plan: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var rule: String
    var edit: @Sendable (inout ModelDescription) -> Void
  }

  static let plans: [Plan] = [
    Plan(testDescription: "factors of another shape", rule: "factors have the shape") {
      $0.programs[0].operations[4] = product(T.stem, T.image, T.excited)
    },
    Plan(testDescription: "one pixel by many", rule: "factors have the shape") {
      $0.programs[0].operations[4] = product(T.gate, T.stem, T.excited)
    },
    Plan(testDescription: "result of another shape", rule: "the output has the input's height") {
      $0.programs[0].operations[4] = product(T.gate, T.squeezed, T.excited)
    },
    Plan(testDescription: "result over the repeated pixel", rule: "an output shares no byte") {
      $0.tensors[T.excited].arenaOffset = 512
    },
    Plan(testDescription: "multiplier of nothing", rule: "a multiplier is in") {
      $0.programs[0].operations[4] = product(T.stem, T.gate, T.excited, by: 0)
    },
    Plan(testDescription: "floats", rule: "floats are written by a convolution") {
      $0.programs[0].operations[7] = product(T.gate, T.gate, T.logits)
      $0.tensors[T.logits].channels = SqueezeModel.channels
      $0.tensors[T.logits].pixelStride = 4 * SqueezeModel.channels
      $0.labels = (0..<SqueezeModel.channels).map { "\($0)" }
      $0.tensors[T.logits].arenaOffset = 0
    },
  ]

  private static func product(
    _ a: Int, _ b: Int, _ output: Int, by multiplier: Float = 1
  ) -> OperationDescription {
    .multiply(multiplier: multiplier, low: 0, high: 255, a: a, b: b, output: output)
  }

  @Test(arguments: plans) func isRefusedForItsReason(plan: Plan) {
    var description = SqueezeModel.description
    plan.edit(&description)
    let error = #expect(throws: ModelError.self) { try ModelWriter.bytes(for: description) }
    #expect(error.map { "\($0.rule)".hasPrefix(plan.rule) } == true, "\(error as Any)")
  }
}
