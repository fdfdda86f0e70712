import Testing

@testable import SINFCompiler

/// Random rows with correlated columns and outputs that a hidden linear map gives.
private func sample(
  rows: Int, inputs: Int, outputs: Int, seed: UInt64
) -> (x: [Float], y: [Float], weights: [Float], bias: [Float]) {
  var generator = SeededGenerator(seed: seed)
  let weights = (0..<inputs * outputs).map { _ in generator.normal() }
  let bias = (0..<outputs).map { _ in generator.normal() }
  var x: [Float] = [], y: [Float] = []
  for _ in 0..<rows {
    let common = generator.normal()
    let row = (0..<inputs).map { _ in 0.5 + common + generator.normal() }
    x += row
    for o in 0..<outputs {
      y.append((0..<inputs).reduce(bias[o]) { $0 + weights[o * inputs + $1] * row[$1] })
    }
  }
  return (x, y, weights, bias)
}

@Test func leastSquaresRecoversTheMap() throws {
  let s = sample(rows: 5000, inputs: 7, outputs: 3, seed: 1)
  var equations = NormalEquations(inputs: 7, outputs: 3)
  equations.add(x: s.x, y: s.y, rows: 1234)
  s.x.withUnsafeBufferPointer { x in
    s.y.withUnsafeBufferPointer { y in
      equations.add(x: x.baseAddress! + 1234 * 7, y: y.baseAddress! + 1234 * 3, rows: 5000 - 1234)
    }
  }
  #expect(equations.rows == 5000)
  let moments = equations.moments(of: Array(0..<7))
  let fit = try moments.fitted(from: [Float](repeating: 0, count: 21), ridge: 1e-9)
  for (a, b) in zip(fit.weights, s.weights) { #expect(abs(a - b) < 1e-3) }
  for (a, b) in zip(fit.bias, s.bias) { #expect(abs(a - b) < 5e-3) }
  #expect(moments.relativeError(of: fit.weights) < 1e-5)
}

@Test func ridgePullsTowardsTheStartingWeights() throws {
  let s = sample(rows: 500, inputs: 4, outputs: 2, seed: 2)
  var equations = NormalEquations(inputs: 4, outputs: 2)
  equations.add(x: s.x, y: s.y, rows: 500)
  let start: [Float] = [9, 8, 7, 6, 5, 4, 3, 2]
  let moments = equations.moments(of: Array(0..<4))
  let held = try moments.fitted(from: start, ridge: 1e9)
  for (a, b) in zip(held.weights, start) { #expect(abs(a - b) < 1e-3) }
  #expect(held.bias.count == 2)
  // The bias alone still makes the means right.
  let expected = moments.fittedBias(for: start)
  for (a, b) in zip(held.bias, expected) { #expect(abs(a - b) < 1e-2) }
}

@Test func eliminationCostIsTheRiseOfTheRefittedError() throws {
  // Inputs 0...5 in three blocks of two; brute force: refit without a block, compare errors.
  let s = sample(rows: 3000, inputs: 6, outputs: 4, seed: 3)
  var equations = NormalEquations(inputs: 6, outputs: 4)
  equations.add(x: s.x, y: s.y, rows: 3000)
  let blocks = [[0, 1], [2, 3], [4, 5]]
  let all = equations.moments(of: Array(0..<6))
  var elimination = try BlockElimination(all, columns: blocks, ridge: 1e-9)
  func refittedError(without removed: Set<Int>) throws -> Double {
    let columns = blocks.indices.filter { !removed.contains($0) }.flatMap { blocks[$0] }
    let m = equations.moments(of: columns)
    let fit = try m.fitted(from: [Float](repeating: 0, count: columns.count * 4), ridge: 1e-9)
    return m.relativeError(of: fit.weights)
  }
  let whole = try refittedError(without: [])
  for j in 0..<3 {
    #expect(abs(elimination.cost(of: j) - (try refittedError(without: [j]) - whole)) < 1e-4)
  }
  elimination.eliminate(1)
  let afterOne = try refittedError(without: [1])
  for j in [0, 2] {
    #expect(
      abs(elimination.cost(of: j) - (try refittedError(without: [1, j]) - afterOne)) < 1e-4)
  }
}

@Test func aMatrixThatIsNotPositiveDefiniteIsRefused() {
  var matrix: [Double] = [1, 2, 2, 1]
  var right: [Double] = [1, 1]
  do {
    try Cholesky.solve(&matrix, order: 2, rightHandSides: &right, columns: 1)
    Issue.record("no error")
  } catch {
    #expect(error.order == 2 && error.pivot == 2)
  }
}

@Test func inverseTimesMatrixIsIdentity() throws {
  let a: [Double] = [4, 1, 0.5, 1, 3, 0.2, 0.5, 0.2, 2]
  let inverse = try Cholesky.inverse(a, order: 3)
  for i in 0..<3 {
    for j in 0..<3 {
      let product = (0..<3).reduce(0.0) { $0 + a[i * 3 + $1] * inverse[$1 * 3 + j] }
      #expect(abs(product - (i == j ? 1 : 0)) < 1e-12)
    }
  }
}
