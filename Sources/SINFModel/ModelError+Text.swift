extension SectionKind {
  /// The section's name in messages.
  public var name: StaticString {
    switch self {
    case .model: return "model"
    case .metadata: return "metadata"
    case .labels: return "labels"
    case .clusters: return "clusters"
    case .classes: return "classes"
    case .text: return "text"
    case .tensors: return "tensors"
    case .programs: return "programs"
    case .operations: return "operations"
    case .weights: return "weights"
    }
  }
}

extension ModelError {
  /// Hands out the message piece by piece, without any allocation, such as
  /// "section tensors, record 3, byte 1234: a tensor begins at a multiple of 64 (found 20)".
  public func describe(to append: (UnsafeBufferPointer<UInt8>) -> Void) {
    if let section {
      put("section ", append)
      put(section.name, append)
      put(section == .weights ? " of program " : ", record ", append)
      put(Int64(index), append)
    } else {
      put("header or section table, entry ", append)
      put(Int64(index), append)
    }
    put(", byte ", append)
    put(offset, append)
    put(": ", append)
    put(rule, append)
    if let limit {
      put(" ", append)
      put(limit, append)
    }
    put(" (found ", append)
    if let unsignedFound {
      put(unsignedFound, isNegative: false, append)
    } else {
      put(found, append)
    }
    put(")", append)
  }

  private func put(_ text: StaticString, _ append: (UnsafeBufferPointer<UInt8>) -> Void) {
    append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  private func put(_ number: Int64, _ append: (UnsafeBufferPointer<UInt8>) -> Void) {
    put(number.magnitude, isNegative: number < 0, append)
  }

  private func put(
    _ magnitude: UInt64, isNegative: Bool, _ append: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    // 20 digits, or 19 and a sign.
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var first = 20
    var rest = magnitude
    repeat {
      first -= 1
      digits[first] = UInt8(truncatingIfNeeded: rest % 10) + 48
      rest /= 10
    } while rest > 0
    if isNegative {
      first -= 1
      digits[first] = 45
    }
    let start = first
    digits.span.withUnsafeBufferPointer { append(UnsafeBufferPointer(rebasing: $0[start...])) }
  }
}
