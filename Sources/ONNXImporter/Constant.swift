/// A tensor whose content is known at import: weights, or numbers about shapes.
struct Constant {
  enum Content {
    case floats([Float])
    /// nil stands for the batch size, whatever it turns out to be.
    case integers([Int?])
  }

  /// Empty for a scalar.
  var dims: [Int]
  var content: Content

  var count: Int {
    switch content {
    case .floats(let values): values.count
    case .integers(let values): values.count
    }
  }
}

/// The product of `factors`, or nil where one is negative or the product is above `limit`.
func boundedProduct(_ factors: [Int], limit: Int = maximumNumbers) -> Int? {
  guard !factors.contains(0) else { return factors.contains { $0 < 0 } ? nil : 0 }
  var product = 1
  for factor in factors {
    let (next, overflow) = product.multipliedReportingOverflow(by: factor)
    guard factor > 0, !overflow, next <= limit else { return nil }
    product = next
  }
  return product
}

/// Most numbers that one tensor may have (1 GiB of float32): beyond any network for the devices in
/// question, and small enough that no arithmetic on sizes overflows.
let maximumNumbers = 1 << 28
