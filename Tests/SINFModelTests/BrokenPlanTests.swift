import SINFModel
import SINFModelWriter
import Testing

/// A description that must not become a file. What a plan may do with memory is tested here: it
/// takes whole operations to break those rules.
@Suite struct BrokenPlanTests {
  typealias T = TinyModel.Tensor

  struct Plan: Sendable, CustomTestStringConvertible {
    var name: String
    /// How the rule's text begins.
    var rule: String
    var edit: @Sendable (inout ModelDescription) -> Void
    var testDescription: String { name }

    init(
      _ name: String, _ rule: String, _ edit: @escaping @Sendable (inout ModelDescription) -> Void
    ) {
      (self.name, self.rule, self.edit) = (name, rule, edit)
    }
  }

  @Test(arguments: plans + limits) func isRefusedForItsReason(plan: Plan) {
    var description = TinyModel.description
    plan.edit(&description)
    let error = #expect(throws: ModelError.self) { try ModelWriter.bytes(for: description) }
    #expect(error.map { "\($0.rule)".hasPrefix(plan.rule) } == true, "\(error as Any)")
  }

  static let plans: [Plan] = [
    Plan("output over input", "an output shares no byte") {
      $0.tensors[T.stem].arenaOffset = 0
    },
    Plan("output over a part of the input", "an output shares no byte") {
      $0.tensors[T.features].arenaOffset = 128
    },
    Plan("copy onto itself", "an output shares no byte") {
      $0.programs[3].operations[2] = .copy(input: T.side, output: T.side)
    },
    Plan("read before written", "what is read has been written before") {
      $0.programs[3].operations.swapAt(0, 2)
    },
    Plan("half of a concatenation missing", "what is read has been written before") {
      $0.programs[3].operations.remove(at: 1)
    },
    Plan("output never written", "what is read has been written before") {
      $0.programs[4].operations = [
        .lookup(
          table: [UInt8](repeating: 0, count: 256), input: T.features, output: T.features)
      ]
      $0.programs[4].multiplyAccumulates = 0
    },
    Plan("overwritten by another shape", "what is read has not been overwritten by a tensor") {
      // The route's pooled vector lands in the middle of the stem, which is still wanted.
      $0.tensors[T.routePooled].arenaOffset = 64
      $0.programs[0].operations.append(
        .averagePool(
          Window(kernelHeight: 2, kernelWidth: 2), countsPadding: false, multiplier: 1,
          input: T.features, output: T.routePooled))
      $0.programs[0].operations.append(
        .maxPool(
          Window(kernelHeight: 2, kernelWidth: 2, strideHeight: 2, strideWidth: 2),
          input: T.stem, output: T.features))
    },
    Plan("filling of a neighbour", "what is read has not been overwritten by the filling") {
      // The convolution fills its five channels up to eight, over the copied three.
      $0.programs[3].operations.swapAt(1, 2)
    },
    Plan("route writes over the features", "the route predictor does not write over") {
      $0.tensors[T.routeLogits].arenaOffset = 192
    },
    Plan("floats from a pool", "floats are written by a convolution") {
      $0.programs[4].operations = [
        .averagePool(
          Window(kernelHeight: 2, kernelWidth: 2), countsPadding: false, multiplier: 1,
          input: T.features, output: T.wholeLogits)
      ]
      $0.programs[4].multiplyAccumulates = 0
    },
    Plan("summands of two shapes", "summands have the same shape") {
      $0.programs[2].operations[1] = .add(
        multiplierA: 1, multiplierB: 1, low: 0, high: 255, a: T.filtered, b: T.stem,
        output: T.filtered)
    },
    Plan("missing subgraph", "with clusters there are features, route") {
      $0.programs.removeAll { $0.kind == .subgraph }
    },
    Plan("two fallbacks", "a plain model has one program") {
      $0.programs.append($0.programs[4])
      $0.programs.append($0.programs[4])
    },
    Plan("no programs", "the number of sections is at least") { $0.programs = [] },
    Plan("no labels", "the number of records is at least") { $0.labels = [] },
    Plan("no tensors in the arena", "a tensor ends inside") { $0.arenaBytes = 64 },
  ]

  struct Contradiction: Sendable, CustomTestStringConvertible {
    var place: String
    var edit: @Sendable (inout ModelDescription) -> Void
    var testDescription: String { place }
  }

  @Test(arguments: contradictions) func descriptionThatFitsNoFieldIsNamed(
    contradiction: Contradiction
  ) {
    var description = TinyModel.description
    contradiction.edit(&description)
    let error = #expect(throws: DescriptionError.self) { try ModelWriter.bytes(for: description) }
    #expect(error?.place == contradiction.place)
  }

  static func changed(
    _ description: inout ModelDescription, _ change: (inout QuantizedConvolution) -> Void
  ) {
    guard
      case .convolution(var convolution, let input, let output) = description.programs[0]
        .operations[0]
    else { return }
    change(&convolution)
    description.programs[0].operations[0] = .convolution(convolution, input: input, output: output)
  }

  static let contradictions: [Contradiction] = [
    Contradiction(place: "program 0, operation 0, weights") {
      changed(&$0) { $0.weights.removeLast() }
    },
    Contradiction(place: "program 0, operation 0, bias") { changed(&$0) { $0.bias.append(0) } },
    Contradiction(place: "program 0, operation 0, multipliers") {
      changed(&$0) { $0.multipliers = [] }
    },
    Contradiction(place: "program 0, operation 0, padValues") {
      changed(&$0) { $0.padValues = [0] }
    },
    Contradiction(place: "program 0, operation 0") {
      changed(&$0) { $0.window.kernelHeight = -1 }
    },
    Contradiction(place: "program 0, operation 0, padTop") {
      changed(&$0) { $0.window.padTop = -1 }
    },
    Contradiction(place: "tensor 3, arenaOffset") { $0.tensors[3].arenaOffset = -64 },
    Contradiction(place: "tensor 3, channels") { $0.tensors[3].channels = 65_536 },
    Contradiction(place: "cluster 1, rows") { $0.clusters[1].rows = [70_000] },
    Contradiction(place: "route") { $0.route = nil },
    Contradiction(place: "metadata, inputDigest") { $0.metadata.inputDigest = [] },
    Contradiction(place: "program 3, operation 3, table") {
      $0.programs[3].operations[3] = .lookup(table: [1], input: 8, output: 8)
    },
    Contradiction(place: "program 2, multiplyAccumulates") {
      $0.programs[2].multiplyAccumulates = -1
    },
    Contradiction(place: "model, arenaBytes") { $0.arenaBytes = 1 << 40 },
  ]
}
