import COpenBLAS
import Foundation

/// What the whole process shares of OpenBLAS.
enum BLAS {
  private final class Shared: @unchecked Sendable {
    let lock = NSLock()
    var users = 0
    var threads: Int32 = 1
  }
  private static let shared = Shared()

  /// Runs `body` with OpenBLAS on the calling thread only, because `body` is already spread over
  /// the cores (and because the answer must not depend on their number).
  static func onOneThread<Result>(_ body: () -> Result) -> Result {
    shared.lock.withLock {
      if shared.users == 0 {
        shared.threads = openblas_get_num_threads()
        openblas_set_num_threads(1)
      }
      shared.users += 1
    }
    defer {
      shared.lock.withLock {
        shared.users -= 1
        if shared.users == 0 { openblas_set_num_threads(shared.threads) }
      }
    }
    return body()
  }

  /// `product[rows][columns] = left[rows][depth] * right[columns][depth]^T`, rows apart by the
  /// strides given.
  static func multiply(
    rows: Int, columns: Int, depth: Int,
    _ left: UnsafePointer<Float>, stride leftStride: Int,
    transposed right: UnsafePointer<Float>, stride rightStride: Int,
    into product: UnsafeMutablePointer<Float>, stride productStride: Int
  ) {
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, blasint(rows), blasint(columns), blasint(depth), 1,
      left, blasint(leftStride), right, blasint(rightStride), 0, product, blasint(productStride))
  }
}
