/// An earlier report of `sinf bench --format json`: what a new one is compared with. Its texts are
/// those of the file.
struct Baseline {
  /// By `Stage`; nil for what did not run.
  private(set) var times = InlineArray<12, Latencies.Summary?>(repeating: nil)
  private(set) var macsPerSecond: UInt64?
  private(set) var peakResidentBytes: UInt64?
  private(set) var modelTouchedBytes: UInt64?
  private(set) var threads: UInt64?
  private(set) var inputCount: UInt64?
  private(set) var modelDigest = StaticString("").bytes
  private(set) var logitsDigest = StaticString("").bytes
  private(set) var inputKind = StaticString("").bytes
  private(set) var route = StaticString("").bytes
  private(set) var processor = StaticString("").bytes
  private(set) var instructionSet = StaticString("").bytes

  /// What the first key of a report says.
  static let schema: StaticString = "sinf-bench-1"

  init(_ text: UnsafeBufferPointer<UInt8>) throws(JSONError) {
    var reader = JSONReader(text)
    try read(&reader)
  }

  private mutating func read(_ reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    guard let first = try reader.key(), first == "schema" else {
      throw reader.error("the key \"schema\"")
    }
    guard try reader.string() == Baseline.schema else {
      throw reader.error("\"sinf-bench-1\", the reports that this version compares with")
    }
    var hasTimes = false
    while let key = try reader.key() {
      if key == "model" {
        try readModel(&reader)
      } else if key == "options" {
        try readOptions(&reader)
      } else if key == "inputs" {
        try readInputs(&reader)
      } else if key == "machine" {
        try readMachine(&reader)
      } else if key == "times_ns" {
        try readTimes(&reader)
        hasTimes = true
      } else if key == "throughput" {
        try readThroughput(&reader)
      } else if key == "memory" {
        try readMemory(&reader)
      } else if key == "digest" {
        try readDigest(&reader)
      } else {
        try reader.skip()
      }
    }
    try reader.end()
    if !hasTimes { throw reader.error("the key \"times_ns\"") }
  }

  private mutating func readModel(_ reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.key() {
      if key == "crc32" { modelDigest = try reader.string() } else { try reader.skip() }
    }
  }

  private mutating func readOptions(_ reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.key() {
      if key == "threads" {
        threads = whole(try reader.number())
      } else if key == "route" {
        route = try reader.string()
      } else {
        try reader.skip()
      }
    }
  }

  private mutating func readInputs(_ reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.key() {
      if key == "kind" {
        inputKind = try reader.string()
      } else if key == "count" {
        inputCount = whole(try reader.number())
      } else {
        try reader.skip()
      }
    }
  }

  private mutating func readMachine(_ reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.key() {
      if key == "cpu" {
        if try !reader.isNull() { processor = try reader.string() }
      } else if key == "isa" {
        instructionSet = try reader.string()
      } else {
        try reader.skip()
      }
    }
  }

  private mutating func readTimes(_ reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.key() {
      guard let stage = Stage(named: key) else {
        try reader.skip()
        continue
      }
      if try reader.isNull() { continue }
      times[stage.rawValue] = try readSummary(&reader)
    }
  }

  private func readSummary(_ reader: inout JSONReader) throws(JSONError) -> Latencies.Summary {
    var summary = Latencies.Summary()
    try reader.beginObject()
    while let key = try reader.key() {
      let value = whole(try reader.number()) ?? 0
      if key == "count" { summary.count = value }
      if key == "min" { summary.minimum = value }
      if key == "mean" { summary.mean = value }
      if key == "p50" { summary.p50 = value }
      if key == "p90" { summary.p90 = value }
      if key == "p99" { summary.p99 = value }
      if key == "max" { summary.maximum = value }
    }
    return summary
  }

  private mutating func readThroughput(_ reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.key() {
      if key == "macs_per_second" {
        macsPerSecond = whole(try reader.number())
      } else {
        try reader.skip()
      }
    }
  }

  private mutating func readMemory(_ reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.key() {
      if key == "peak_resident_bytes" {
        peakResidentBytes = whole(try reader.number())
      } else if key == "model_touched_bytes" {
        modelTouchedBytes = whole(try reader.number())
      } else {
        try reader.skip()
      }
    }
  }

  private mutating func readDigest(_ reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.key() {
      if key == "logits_crc32" { logitsDigest = try reader.string() } else { try reader.skip() }
    }
  }
}

/// A number of a report as a whole number, the nearest that is in range.
private func whole(_ value: Double?) -> UInt64? {
  value.map { $0 < 9e18 ? UInt64($0 + 0.5) : 9_000_000_000_000_000_000 }
}
