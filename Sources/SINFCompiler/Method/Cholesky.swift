import COpenBLAS

/// A symmetric positive definite matrix that could not be factorised.
public struct NotPositiveDefinite: Error, CustomStringConvertible {
  public var order: Int
  public var pivot: Int
  public var description: String {
    "matrix of order \(order) is not positive definite at pivot \(pivot); a larger ridge is needed"
  }
}

/// Cholesky factorisations by LAPACK, in double precision. Matrices are dense and symmetric, so
/// row and column order do not matter; only the lower triangle (in column order) is referenced.
enum Cholesky {
  /// Solution X of A X = B. `b` holds `columns` right-hand sides one after the other, each of
  /// `order` elements, and is replaced by X. `a` is destroyed.
  /// Throws `NotPositiveDefinite` when A is not.
  static func solve(
    _ a: inout [Double], order: Int, rightHandSides b: inout [Double], columns: Int
  ) throws(NotPositiveDefinite) {
    precondition(a.count == order * order && b.count == order * columns)
    guard order > 0 && columns > 0 else { return }
    var n = Int32(order), count = Int32(columns), info: Int32 = 0
    var lower = CChar(UInt8(ascii: "L"))
    dpotrf_(&lower, &n, &a, &n, &info)
    guard info == 0 else { throw NotPositiveDefinite(order: order, pivot: Int(info)) }
    dpotrs_(&lower, &n, &count, a, &n, &b, &n, &info)
  }

  /// Inverse of A, both triangles filled. Throws `NotPositiveDefinite` when A is not.
  static func inverse(_ a: [Double], order: Int) throws(NotPositiveDefinite) -> [Double] {
    precondition(a.count == order * order)
    guard order > 0 else { return [] }
    var result = a
    var n = Int32(order), info: Int32 = 0
    var lower = CChar(UInt8(ascii: "L"))
    dpotrf_(&lower, &n, &result, &n, &info)
    if info == 0 { dpotri_(&lower, &n, &result, &n, &info) }
    guard info == 0 else { throw NotPositiveDefinite(order: order, pivot: Int(info)) }
    result.withUnsafeMutableBufferPointer { m in
      for column in 0..<order {
        for row in (column + 1)..<max(order, column + 1) {
          m[row &* order &+ column] = m[column &* order &+ row]
        }
      }
    }
    return result
  }
}
