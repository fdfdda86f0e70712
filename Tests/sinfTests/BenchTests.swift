import Foundation
import Testing

@Suite struct BenchTests {
  private func bench(
    _ arguments: [String], environment: [String: String] = [:]
  ) throws -> Program.Result {
    try Program.run(
      ["bench", "--model", Program.tinyModel, "--iterations", "6", "--warmup", "1"] + arguments,
      environment: environment)
  }

  private func report(
    _ arguments: [String] = [], environment: [String: String] = [:]
  ) throws -> [String: Any] {
    let result = try bench(arguments + ["--format", "json"], environment: environment)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors == "")
    return try #require(try JSONSerialization.jsonObject(with: result.output) as? [String: Any])
  }

  private func object(_ report: [String: Any], _ key: String) throws -> [String: Any] {
    try #require(report[key] as? [String: Any])
  }

  private func digest(_ report: [String: Any]) throws -> String {
    try #require(try object(report, "digest")["logits_crc32"] as? String)
  }

  private static let stages = [
    "read", "decode", "preprocess", "handover", "features", "route", "subgraph", "fallback",
    "whole", "network", "total", "base_network",
  ]

  @Test func reportsHaveAllKeysInOrder() throws {
    let text = try bench(["--format", "json"]).text
    var rest = text[...]
    for key in [
      "schema", "version", "commit", "build", "embedded", "model", "file", "bytes", "crc32",
      "network", "base_macs", "options", "threads", "route", "cold", "warmup", "inputs", "kind",
      "count",
      "machine", "cpu", "processors", "isa", "governor", "before", "clock_khz",
      "temperature_millidegrees", "throttle_events", "firmware_flags", "cooling_state", "after",
      "throttled", "iterations", "elapsed_ns", "paths", "subgraph", "fallback", "whole", "times_ns",
    ] + Self.stages + [
      "throughput", "macs_per_iteration", "macs_per_second", "core_peak_macs_per_second",
      "peak_share", "saving", "speedup_p50", "macs_share", "base_macs_share", "route_share",
      "memory", "arena_bytes", "arena_used_bytes", "engine_bytes", "decoder_used_bytes",
      "model_mapped_bytes", "model_touched_bytes", "resident_bytes", "peak_resident_bytes",
      "minor_faults", "major_faults", "break_and_mappings_unchanged", "cached_after_drop_bytes",
      "counters", "cycles", "instructions", "cache_misses", "digest", "logits_crc32", "inputs",
      "layers",
    ] {
      let found = try #require(rest.range(of: "\"\(key)\":"), "\(key) is missing or out of order")
      rest = rest[found.upperBound...]
    }
    #expect(text.hasPrefix("{\"schema\":\"sinf-bench-1\",\n"))
  }

  @Test func countsWhatRan() throws {
    let report = try report()
    #expect(report["iterations"] as? Int == 6)
    #expect(try object(report, "inputs")["kind"] as? String == "noise")
    #expect(try object(report, "inputs")["count"] as? Int == 16)
    let paths = try object(report, "paths")
    let subgraphs = try #require(paths["subgraph"] as? Int)
    let fallbacks = try #require(paths["fallback"] as? Int)
    #expect(subgraphs + fallbacks == 6)
    #expect(paths["whole"] as? Int == 0)
    let times = try object(report, "times_ns")
    var counts = ["features": 6, "route": 6, "network": 6, "total": 6, "base_network": 6]
    counts["subgraph"] = subgraphs
    counts["fallback"] = fallbacks
    for stage in Self.stages {
      guard let expected = counts[stage], expected > 0 else {
        #expect(times[stage] is NSNull, "\(stage)")
        continue
      }
      let time = try object(times, stage)
      let values = try ["min", "p50", "p90", "p99", "max"].map { try #require(time[$0] as? Int) }
      #expect(time["count"] as? Int == expected, "\(stage)")
      #expect(values == values.sorted(), "\(stage)")
      let mean = try #require(time["mean"] as? Int)
      #expect(mean >= values[0] && mean <= values[4], "\(stage)")
    }
    #expect(try object(report, "saving")["base_macs_share"] is NSNumber)
  }

  @Test func picturesGoThroughAllStages() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.png", Picture.png(width: 40, height: 30))
    try folder.write("b.png", Picture.png(seed: 5))
    try folder.write("notes.txt", Data("no picture".utf8))
    let report = try report([folder.path])
    #expect(try object(report, "inputs")["kind"] as? String == "pictures")
    #expect(try object(report, "inputs")["count"] as? Int == 2)
    for stage in ["read", "decode", "preprocess", "total"] {
      let times = try object(report, "times_ns")
      #expect(try object(times, stage)["count"] as? Int == 6, "\(stage)")
    }
    let decoder = try #require(try object(report, "memory")["decoder_used_bytes"] as? Int)
    #expect(decoder > 0)
    // What comes out depends on the pictures and on their order.
    let other = try self.report([folder.path + "/b.png", folder.path + "/a.png"])
    let one = try self.report([folder.path + "/a.png"])
    #expect(Set([try digest(report), try digest(other), try digest(one)]).count == 3)
  }

  @Test func digestsAreTheSameForAllKernelsThreadsAndRepetitions() throws {
    let expected = try digest(report())
    for isa in ["reference", "portable"] {
      let report = try report(environment: ["SINF_ISA": isa])
      #expect(try digest(report) == expected, "\(isa)")
      #expect(try object(report, "machine")["isa"] as? String == isa)
    }
    for threads in ["2", "3"] {
      let report = try report(["--threads", threads])
      #expect(try digest(report) == expected, "\(threads) threads")
      #expect(try object(report, "options")["threads"] as? Int == Int(threads))
    }
    #expect(try digest(report(["--cold"])) == expected)
    #expect(try digest(report(["--layers", "--memory", "1M"])) == expected)
    #expect(try digest(report(["--route", "whole"])) != expected)
  }

  @Test func forcedRoutesRunAlone() throws {
    for (route, ran) in [("birds", "subgraph"), ("0", "subgraph"), ("whole", "whole")] {
      let report = try report(["--route", route])
      #expect(try object(report, "paths")[ran] as? Int == 6)
      #expect(report["saving"] is NSNull)
      #expect(try object(report, "times_ns")["base_network"] is NSNull)
      #expect(try object(report, "options")["route"] as? String == route)
    }
  }

  @Test func layersAreThoseThatRan() throws {
    let report = try report(["--layers", "--route", "whole"])
    let layers = try #require(report["layers"] as? [[String: Any]])
    #expect(layers.map { $0["program"] as? String } == ["features", "features", "whole"])
    #expect(layers.map { $0["kind"] as? String } == ["convolution", "max pool", "convolution"])
    for layer in layers { #expect(layer["runs"] as? Int == 6) }
    let macs = layers.compactMap { $0["macs"] as? Int }.reduce(0, +)
    #expect(try object(report, "throughput")["macs_per_iteration"] as? Int == macs)
  }

  @Test func coldRunsSayWhatStayedCached() throws {
    let report = try report(["--cold"])
    #expect(try object(report, "options")["cold"] as? Bool == true)
    let cached = try object(report, "memory")["cached_after_drop_bytes"]
    #expect(cached is NSNumber || cached is NSNull)
    #expect(try object(self.report(), "memory")["cached_after_drop_bytes"] is NSNull)
  }

  @Test func textFitsAHundredColumns() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.png", Picture.png())
    for arguments in [[], ["--layers"], ["--cold", "--threads", "2"], [folder.path]] {
      let result = try bench(arguments)
      #expect(result.status == 0)
      #expect(result.errors == "")
      // The model's path is as long as it is.
      for line in result.lines where !line.hasPrefix("model  ") {
        #expect(line.count <= 100, "\(line)")
        #expect(!line.hasSuffix(" "), "\(line)")
      }
      for title in ["machine", "state", "inputs", "network", "speed", "memory", "digest"] {
        #expect(result.lines.contains { $0.hasPrefix(title + " ") }, "\(title)")
      }
    }
  }

  @Test(arguments: [
    (["--iterations", "0"], "option --iterations: '0' is not a number of iterations from 1"),
    (["--seconds", "0"], "option --seconds: '0' is not a number of seconds such as 10 or 0.5"),
    (["--seconds", "1.2345"], "option --seconds: '1.2345' is not a number of seconds"),
    (["--seconds", "."], "option --seconds: '.' is not a number of seconds"),
    (["--warmup", "-1"], "option --warmup: '-1' is not a number of iterations from 0"),
    (["--threads", "65"], "option --threads: '65' is not a number of threads from 1 to 64"),
    (["--threads", "0"], "option --threads: '0' is not a number of threads from 1 to 64"),
    (["--format", "csv"], "option --format: 'csv' is not text or json"),
    (["--cold=yes"], "option --cold takes no value"), (["--route"], "option --route needs a value"),
    (["--iteratoins", "3"], "unknown option '--iteratoins'; did you mean '--iterations'?"),
    (["--recursive"], "unknown option '--recursive'"), (["-"], "unexpected argument '-'"),
    (["--compare", "x", "--format", "json"], "--compare prints text: leave '--format json' out"),
  ])
  func explainsWrongUsage(arguments: [String], expected: String) throws {
    let result = try bench(arguments)
    #expect(result.status == 2)
    #expect(result.text == "")
    #expect(result.errors.hasPrefix("sinf: " + expected), "\(result.errors)")
    #expect(result.errors.hasSuffix("\nTry 'sinf bench --help'.\n"))
  }

  @Test func namesThePictureThatFails() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.png", Picture.png())
    try folder.write("b.png", Picture.png().prefix(60))
    let alone = try bench(["--format", "json", "--iterations", "5", folder.path + "/a.png"])
    // The bad ones are named once each, left out of everything, and the status says so.
    let result = try bench(
      [
        "--format", "json", "--iterations", "5", folder.path, folder.path + "/none.png",
        Program.tinyModel,
      ])
    #expect(result.status == 1)
    let lines = result.errors.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[0].hasPrefix("sinf: \(folder.path)/b.png: "))
    #expect(lines[1] == "sinf: \(folder.path)/none.png: No such file or directory")
    let report = try #require(
      try JSONSerialization.jsonObject(with: result.output) as? [String: Any])
    let expected = try #require(
      try JSONSerialization.jsonObject(with: alone.output) as? [String: Any])
    #expect(report["iterations"] as? Int == 5)
    let inputs = try #require(report["inputs"] as? [String: Any])
    #expect(inputs["count"] as? Int == 1 && inputs["failed"] as? Int == 3)
    #expect(
      (report["digest"] as? [String: Any])?["logits_crc32"] as? String
        == (expected["digest"] as? [String: Any])?["logits_crc32"] as? String)
    let none = try bench([folder.path + "/none.png"])
    #expect(none.status == 1)
    #expect(none.errors == "sinf: \(folder.path)/none.png: No such file or directory\n")
    try folder.makeFolder("empty")
    let empty = try bench([folder.path + "/empty"])
    #expect(empty.status == 2)
    #expect(empty.errors.hasPrefix("sinf: nothing to do: expected a picture\n"))
  }

  @Test func budgetsThatAreTooSmallAreRefused() throws {
    let result = try bench(["--memory", "64K"])
    #expect(result.status == 3)
    #expect(result.errors.contains("; see --memory"))
  }
}
