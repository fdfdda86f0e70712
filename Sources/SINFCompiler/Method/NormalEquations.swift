import COpenBLAS

/// Running sums from which a linear layer is fitted by least squares: X^T X, X^T Y and the means,
/// in double precision. Rows of X are the inputs of the layer at one pixel of one image (its
/// im2col row), rows of Y the outputs wanted there.
public struct NormalEquations: Sendable {
  /// Columns of X: kernel taps times input channels.
  public let inputs: Int
  /// Columns of Y.
  public let outputs: Int
  /// Rows seen.
  public private(set) var rows = 0
  /// X^T X, inputs x inputs, both triangles.
  private var gram: [Double]
  /// X^T Y, inputs x outputs, row-major.
  private var cross: [Double]
  private var inputSums: [Double]
  private var outputSums: [Double]
  private var outputSquares: Double = 0

  public init(inputs: Int, outputs: Int) {
    self.inputs = inputs
    self.outputs = outputs
    gram = [Double](repeating: 0, count: inputs * inputs)
    cross = [Double](repeating: 0, count: inputs * outputs)
    inputSums = [Double](repeating: 0, count: inputs)
    outputSums = [Double](repeating: 0, count: outputs)
  }

  /// Adds `rows` rows. `x` is rows x inputs, `y` rows x outputs, both row-major. Products are
  /// summed in float32 over at most 4,096 rows at a time, then in double.
  public mutating func add(x: UnsafePointer<Float>, y: UnsafePointer<Float>, rows: Int) {
    var partialGram = [Float](repeating: 0, count: inputs * inputs)
    var partialCross = [Float](repeating: 0, count: inputs * outputs)
    var done = 0
    while done < rows {
      let count = min(4096, rows - done)
      let x = x + done * inputs, y = y + done * outputs
      cblas_ssyrk(
        CblasRowMajor, CblasUpper, CblasTrans, Int32(inputs), Int32(count), 1, x, Int32(inputs), 0,
        &partialGram, Int32(inputs))
      cblas_sgemm(
        CblasRowMajor, CblasTrans, CblasNoTrans, Int32(inputs), Int32(outputs), Int32(count), 1, x,
        Int32(inputs), y, Int32(outputs), 0, &partialCross, Int32(outputs))
      accumulate(partialGram, partialCross)
      addSums(x: x, y: y, rows: count)
      done += count
    }
    self.rows += rows
  }

  private mutating func accumulate(_ partialGram: [Float], _ partialCross: [Float]) {
    let inputs = inputs
    gram.withUnsafeMutableBufferPointer { g in
      partialGram.withUnsafeBufferPointer { p in
        for i in 0..<inputs {
          for j in i..<inputs { g[i &* inputs &+ j] += Double(p[i &* inputs &+ j]) }
        }
      }
    }
    cross.withUnsafeMutableBufferPointer { c in
      partialCross.withUnsafeBufferPointer { p in
        for i in p.indices { c[i] += Double(p[i]) }
      }
    }
  }

  private mutating func addSums(x: UnsafePointer<Float>, y: UnsafePointer<Float>, rows: Int) {
    for r in 0..<rows {
      let row = x + r &* inputs
      for i in 0..<inputs { inputSums[i] += Double(row[i]) }
      let wanted = y + r &* outputs
      for o in 0..<outputs {
        let value = Double(wanted[o])
        outputSums[o] += value
        outputSquares += value * value
      }
    }
  }

  /// Mean and centred second moments, restricted to some input columns.
  func moments(of columns: [Int]) -> Moments {
    let n = Double(max(rows, 1)), k = columns.count
    let inputMeans = columns.map { inputSums[$0] / n }
    let outputMeans = outputSums.map { $0 / n }
    var covariance = [Double](repeating: 0, count: k * k)
    var crossCovariance = [Double](repeating: 0, count: k * outputs)
    for (a, i) in columns.enumerated() {
      for (b, j) in columns.enumerated().dropFirst(a) {
        let product = i <= j ? gram[i * inputs + j] : gram[j * inputs + i]
        let value = product / n - inputMeans[a] * inputMeans[b]
        covariance[a * k + b] = value
        covariance[b * k + a] = value
      }
      for o in 0..<outputs {
        crossCovariance[a * outputs + o] =
          cross[i * outputs + o] / n - inputMeans[a] * outputMeans[o]
      }
    }
    let variance = outputSquares / n - outputMeans.reduce(0) { $0 + $1 * $1 }
    return Moments(
      inputs: k, outputs: outputs, inputMeans: inputMeans, outputMeans: outputMeans,
      covariance: covariance, crossCovariance: crossCovariance, outputVariance: variance)
  }
}

/// Centred second moments of a layer's inputs and of the outputs wanted from it.
struct Moments {
  let inputs: Int
  let outputs: Int
  let inputMeans: [Double]
  let outputMeans: [Double]
  /// inputs x inputs.
  var covariance: [Double]
  /// inputs x outputs, row-major.
  var crossCovariance: [Double]
  /// Variance of the wanted outputs, summed over them.
  let outputVariance: Double

  /// Adds `ridge` times the mean variance to the diagonal and returns what was added.
  @discardableResult
  mutating func regularise(ridge: Double) -> Double {
    var trace = 0.0
    for i in 0..<inputs { trace += covariance[i * inputs + i] }
    let added = ridge * max(trace / Double(max(inputs, 1)), 1e-12)
    for i in 0..<inputs { covariance[i * inputs + i] += added }
    return added
  }

  /// Weights (outputs x inputs) and biases that give the wanted outputs best in the mean square,
  /// pulled towards `initial` by the ridge (a share of the inputs' mean variance): what the data
  /// say nothing about stays as it was.
  func fitted(from initial: [Float], ridge: Double) throws -> (weights: [Float], bias: [Float]) {
    var system = self
    system.regularise(ridge: ridge)
    // Residual cross covariance, one right-hand side an output: R = Cxy - Cxx W0^T.
    var start = initial.map(Double.init)
    var residual = [Double](repeating: 0, count: outputs * inputs)
    for i in 0..<inputs {
      for o in 0..<outputs { residual[o * inputs + i] = crossCovariance[i * outputs + o] }
    }
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(outputs), Int32(inputs), Int32(inputs), -1,
      start, Int32(inputs), covariance, Int32(inputs), 1, &residual, Int32(inputs))
    try Cholesky.solve(
      &system.covariance, order: inputs, rightHandSides: &residual, columns: outputs)
    for i in start.indices { start[i] += residual[i] }
    let bias = (0..<outputs).map { o in
      Float((0..<inputs).reduce(outputMeans[o]) { $0 - start[o * inputs + $1] * inputMeans[$1] })
    }
    return (start.map { Float($0) }, bias)
  }

  /// Biases alone re-fitted: the means of the outputs become those wanted.
  func fittedBias(for weights: [Float]) -> [Float] {
    (0..<outputs).map { o in
      Float(
        (0..<inputs).reduce(outputMeans[o]) {
          $0 - Double(weights[o * inputs + $1]) * inputMeans[$1]
        })
    }
  }
}
