import COpenBLAS

/// The cost of leaving out input channels of one linear layer when the rest is re-fitted.
///
/// With H = X^T X + ridge and least-squares weights W, leaving out the block of columns j and
/// re-fitting all others raises the squared error by trace(W_j^T ((H^-1)_jj)^-1 W_j); afterwards
/// H^-1 and W follow by a rank-|j| update. This is the Optimal Brain Surgeon step for whole
/// blocks (Hassibi and Stork 1993; used for structures by Kurtic et al., "ZipLM", 2023).
struct BlockElimination {
  private let inputs: Int
  private let outputs: Int
  private let columns: [[Int]]
  private var inverse: [Double]
  /// inputs x outputs.
  private var weights: [Double]
  private let scale: Double

  /// `columns[j]` lists the columns of X that fall with candidate j.
  /// Throws when the regularised moments can't be factorised.
  init(_ moments: Moments, columns: [[Int]], ridge: Double) throws(NotPositiveDefinite) {
    var system = moments
    system.regularise(ridge: ridge)
    inputs = moments.inputs
    outputs = moments.outputs
    self.columns = columns
    inverse = try Cholesky.inverse(system.covariance, order: moments.inputs)
    weights = [Double](repeating: 0, count: moments.inputs * moments.outputs)
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(inputs), Int32(outputs), Int32(inputs), 1,
      inverse, Int32(inputs), moments.crossCovariance, Int32(outputs), 0, &weights, Int32(outputs))
    scale = 1 / max(moments.outputVariance, 1e-30)
  }

  /// Rise of the squared error, as a share of the outputs' variance, if candidate j went next.
  func cost(of j: Int) -> Double {
    let block = columns[j], b = block.count
    if b == 0 { return 0 }
    var pivot = gatherPivot(block)
    var rows = gatherWeights(block)
    let before = rows
    guard (try? Cholesky.solve(&pivot, order: b, rightHandSides: &rows, columns: outputs)) != nil
    else { return 0 }
    var sum = 0.0
    for i in rows.indices { sum += rows[i] * before[i] }
    return sum * scale
  }

  /// Leaves out candidate j: its weights go to zero, the others take over what they can.
  mutating func eliminate(_ j: Int) {
    let block = columns[j], b = block.count
    if b == 0 { return }
    var pivot = gatherPivot(block)
    // Solve pivot * Z = [W_j | P_j,:], then subtract P_:,j Z.
    var right = gatherWeights(block)
    var rows = [Double](repeating: 0, count: b * inputs)  // column-major b x inputs
    for k in 0..<inputs {
      for (a, i) in block.enumerated() { rows[k * b + a] = inverse[i * inputs + k] }
    }
    let strip = rows  // P_:,j as inputs x b row-major, by symmetry
    right.append(contentsOf: rows)
    guard
      (try? Cholesky.solve(
        &pivot, order: b, rightHandSides: &right, columns: outputs + inputs)) != nil
    else { return }
    right.withUnsafeBufferPointer { z in
      // `right` is column-major b x (outputs + inputs): its transpose is row-major.
      cblas_dgemm(
        CblasRowMajor, CblasNoTrans, CblasTrans, Int32(inputs), Int32(outputs), Int32(b), -1, strip,
        Int32(b), z.baseAddress!, Int32(b), 1, &weights, Int32(outputs))
      cblas_dgemm(
        CblasRowMajor, CblasNoTrans, CblasTrans, Int32(inputs), Int32(inputs), Int32(b), -1, strip,
        Int32(b), z.baseAddress! + b * outputs, Int32(b), 1, &inverse, Int32(inputs))
    }
    for i in block {
      for o in 0..<outputs { weights[i * outputs + o] = 0 }
      for k in 0..<inputs {
        inverse[i * inputs + k] = 0
        inverse[k * inputs + i] = 0
      }
    }
  }

  private func gatherPivot(_ block: [Int]) -> [Double] {
    var pivot: [Double] = []
    pivot.reserveCapacity(block.count * block.count)
    for i in block { for j in block { pivot.append(inverse[i * inputs + j]) } }
    return pivot
  }

  /// Rows of W of a block, one right-hand side an output.
  private func gatherWeights(_ block: [Int]) -> [Double] {
    var rows = [Double](repeating: 0, count: block.count * outputs)
    for (a, i) in block.enumerated() {
      for o in 0..<outputs { rows[o * block.count + a] = weights[i * outputs + o] }
    }
    return rows
  }
}
