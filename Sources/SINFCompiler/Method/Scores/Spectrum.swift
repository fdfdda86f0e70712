import COpenBLAS

/// Singular values of small matrices, from LAPACK's eigenvalues of the smaller of A A^T and A^T A in
/// double precision. Those below some 1e-8 of the largest are noise.
enum Spectrum {
  /// The min(rows, columns) singular values of a row-major matrix, ascending.
  static func singularValues(_ a: [Double], rows: Int, columns: Int) -> [Double] {
    singularValues(
      ofGram: smallerGram(a, rows: rows, columns: columns), order: min(rows, columns))
  }

  /// Sum of the singular values of a matrix with this Gram matrix.
  static func nuclearNorm(ofGram gram: [Double], order: Int) -> Double {
    singularValues(ofGram: gram, order: order).reduce(0, +)
  }

  /// A^T A where A has fewer columns than rows or as many, else A A^T; both triangles.
  static func smallerGram(_ a: [Double], rows: Int, columns: Int) -> [Double] {
    precondition(a.count == rows * columns)
    let order = min(rows, columns)
    var gram = [Double](repeating: 0, count: order * order)
    let (left, right) =
      columns <= rows ? (CblasTrans, CblasNoTrans) : (CblasNoTrans, CblasTrans)
    cblas_dgemm(
      CblasRowMajor, left, right, Int32(order), Int32(order), Int32(max(rows, columns)), 1, a,
      Int32(columns), a, Int32(columns), 0, &gram, Int32(order))
    return gram
  }

  private static func singularValues(ofGram gram: [Double], order: Int) -> [Double] {
    guard order > 1 else { return gram.map { max($0, 0).squareRoot() } }
    var a = gram
    var values = [Double](repeating: 0, count: order)
    var n = Int32(order), info: Int32 = 0
    var work = [Double](repeating: 0, count: 34 * order), length = Int32(34 * order)
    var job = CChar(UInt8(ascii: "N")), lower = CChar(UInt8(ascii: "L"))
    dsyev_(&job, &lower, &n, &a, &n, &values, &work, &length, &info)
    precondition(info >= 0, "dsyev refused its argument \(-info)")
    return values.map { max($0, 0).squareRoot() }
  }
}
