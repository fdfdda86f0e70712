import COpenBLAS
import SINFGraph

extension FilterScore {
  /// Distance from the geometric median of the layer's filters: those near it are said by the
  /// others (He et al., "Filter Pruning via Geometric Median", CVPR 2019).
  public static let fpgm = FilterScore("fpgm") { extractor, candidates, _ in
    extractor.scoresOfFilters(of: candidates) { $0.filterDistances() }
  }
}

extension Convolution {
  /// For each filter the sum of its Euclidean distances to the layer's other filters, biases left
  /// aside.
  func filterDistances() -> [Double] {
    let filters = outputChannels
    let weights = self.weights.map(Double.init)
    var products = [Double](repeating: 0, count: filters * filters)
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, Int32(filters), Int32(filters), Int32(taps), 1,
      weights, Int32(taps), weights, Int32(taps), 0, &products, Int32(filters))
    return (0..<filters).map { i in
      (0..<filters).reduce(0.0) { sum, j in
        let square =
          products[i * filters + i] + products[j * filters + j] - 2 * products[i * filters + j]
        return i == j ? sum : sum + max(square, 0).squareRoot()
      }
    }
  }
}
