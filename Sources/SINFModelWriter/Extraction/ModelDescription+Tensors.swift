import SINFModel

extension ModelDescription {
  /// Takes tensors that no program names out of the list, and from the arena what lies behind those
  /// that stay. These keep their places, so the plan may have gaps.
  mutating func dropUnusedTensors() {
    var used: Set<Int> = []
    for program in programs {
      used.formUnion([program.input, program.output])
      for operation in program.operations {
        _ = operation.mappingTensors {
          used.insert($0)
          return $0
        }
      }
    }
    let kept = used.sorted()
    let numbers = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
    tensors = kept.map { tensors[$0] }
    for index in programs.indices {
      programs[index].input = numbers[programs[index].input]!
      programs[index].output = numbers[programs[index].output]!
      programs[index].operations = programs[index].operations.map { operation in
        operation.mappingTensors { numbers[$0]! }
      }
    }
    arenaBytes = min(arenaBytes, tensors.map(\.arenaEnd).max() ?? arenaBytes)
  }
}

extension TensorDescription {
  /// Behind its last byte in the arena, the last pixel's filling up to 4 bytes included.
  fileprivate var arenaEnd: Int {
    let pixelBytes = (channels * (element == .uint8 ? 1 : 4) + 3) & ~3
    return arenaOffset + (height * width - 1) * pixelStride + pixelBytes
  }
}

extension OperationDescription {
  /// The operation between other tensors.
  func mappingTensors(_ number: (Int) -> Int) -> OperationDescription {
    switch self {
    case .convolution(let convolution, let input, let output):
      .convolution(convolution, input: number(input), output: number(output))
    case .depthwise(let convolution, let input, let output):
      .depthwise(convolution, input: number(input), output: number(output))
    case .maxPool(let window, let input, let output):
      .maxPool(window, input: number(input), output: number(output))
    case .averagePool(let window, let countsPadding, let multiplier, let input, let output):
      .averagePool(
        window, countsPadding: countsPadding, multiplier: multiplier, input: number(input),
        output: number(output))
    case .add(let multiplierA, let multiplierB, let low, let high, let a, let b, let output):
      .add(
        multiplierA: multiplierA, multiplierB: multiplierB, low: low, high: high, a: number(a),
        b: number(b), output: number(output))
    case .multiply(let multiplier, let low, let high, let a, let b, let output):
      .multiply(
        multiplier: multiplier, low: low, high: high, a: number(a), b: number(b),
        output: number(output))
    case .copy(let input, let output):
      .copy(input: number(input), output: number(output))
    case .lookup(let table, let input, let output):
      .lookup(table: table, input: number(input), output: number(output))
    }
  }
}
