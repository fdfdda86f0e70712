import Foundation
import SINFCompiler
import Testing

/// What compiling gives, on the pictures of `Workshop`.
@Suite struct CompileTests {
  let workshop: Workshop
  let out: TemporaryFolder

  init() throws {
    workshop = try Workshop.shared.get()
    out = try TemporaryFolder()
  }

  /// What a model file says about itself as a whole, the figures of its compilation among it.
  private func inspect(_ path: String) throws -> [String: Any] {
    let result = try Program.run("sinf", ["inspect", path, "--format", "json"])
    #expect(result.status == 0, "\(result.errors)")
    let object = try result.object()
    let measured = try #require(object["measured"] as? [String: Any])
    return object.merging(measured) { $1 }
  }

  @Test func compilesAPlainModel() throws {
    let file = out.file("plain.sinf")
    let result = try Program.sinfc([
      "compile", workshop.network, "--data", workshop.data, "-o", file, "--plain",
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.text.contains("base int8") && result.text.contains("wrote \(file), "))
    #expect(result.errors.contains("skipped: red-rows/broken.png: "))
    #expect(result.errors.contains("skipped: notes.txt: not in a class folder\n"))
    #expect(result.errors.contains("\(6 * Workshop.perClass) images of 6 classes\n"))
    #expect(try out.names() == ["plain.sinf"])
    let facts = try inspect(file)
    #expect((facts["clusters"] as? [Any])?.isEmpty != false)
    #expect(try #require(facts["base_accuracy"] as? Double) > 0.8)
  }

  @Test func compilesClusters() throws {
    let file = out.file("routed.sinf"), page = out.file("report.html")
    let arguments = [
      "--clusters", "2", "--cost-share", "0.7", "--format", "json", "--report", page,
    ]
    let result = try workshop.compile(arguments, to: file)
    #expect(result.status == 0 && result.errors == "", "\(result.errors)")
    let object = try result.object()
    #expect(
      Set(object.keys) == [
        "allowed_loss", "arena_bytes", "by_class", "candidates", "confusions", "filters",
        "layer_errors",
        "paths",
        "rows", "base_float_accuracy", "base_float_accuracy_standard_error",
        "base_int8_accuracy", "base_int8_accuracy_standard_error", "base_macs", "bytes", "clusters",
        "fallback_share", "file", "holds_on_test", "loss", "loss_standard_error", "oracle_accuracy",
        "oracle_accuracy_standard_error", "reaches_goal", "route_accuracy",
        "route_accuracy_standard_error", "routed_accuracy", "routed_accuracy_standard_error",
        "routed_macs", "seed", "skipped", "split", "split_at", "stop_margin", "stop_share",
        "test_images", "threshold", "whole_accuracy", "whole_accuracy_standard_error",
      ])
    #expect(object["skipped"] as? Int == 2)
    let loss = try #require(object["loss"] as? Double)
    #expect(object["holds_on_test"] as? Bool == (loss <= 0.03))
    #expect((object["clusters"] as? [String])?.count == 2)
    #expect(try out.bytes("routed.sinf").count == object["bytes"] as? Int)
    #expect(try #require(object["routed_accuracy"] as? Double) > 0.7)
    #expect(try #require(object["route_accuracy"] as? Double) > 0.7)

    let facts = try inspect(file)
    for key in ["routed_accuracy", "route_accuracy", "base_float_accuracy"] {
      let said = try #require(facts[key] as? Double), printed = try #require(object[key] as? Double)
      #expect(abs(said - printed) < 1e-4, "\(key)")
    }
    // The same seed gives the same file, whatever the folder's other files are called.
    let again = try workshop.compile(arguments.dropLast(2) + [], to: out.file("again.sinf"))
    #expect(again.status == 0)
    #expect(try out.bytes("again.sinf") == out.bytes("routed.sinf"))
    #expect(try out.names() == ["again.sinf", "report.html", "routed.sinf"])
  }

  @Test func takesClustersFromAFile() throws {
    let clusters = try out.write(
      "colours.txt",
      """
      # by colour
      cold & dark: blue-columns, blue-rows, green-columns, green-rows

      warm: red-columns, red-rows
      """)
    let file = out.file("given.sinf"), page = out.file("report.html")
    let result = try workshop.compile(
      ["--clusters", clusters, "--cost-share", "0.8", "--no-fallback", "--report", page], to: file)
    #expect(result.status == 0, "\(result.errors)")
    #expect(!result.text.contains("fallback alone"))
    let last = try #require(result.text.split(separator: "\n").last)
    #expect(last.hasPrefix("goal on test images: at most 3 points below base int8: "))
    #expect(
      last.contains(": held (") || last.contains(": missed ("), "\(last)")
    #expect(try out.read("report.html").contains("cold &amp; dark"))
    let facts = try inspect(file)
    let found = try #require(facts["clusters"] as? [[String: Any]])
    #expect(found.compactMap { $0["name"] as? String } == ["cold & dark", "warm"])

    let evaluated = try Program.sinfc([
      "evaluate", file, "--data", workshop.data, "--quiet", "--format", "json",
    ])
    #expect(evaluated.status == 0, "\(evaluated.errors)")
    let object = try evaluated.object()
    #expect(object["whole_accuracy"] == nil && object["fallback_share"] as? Double == 0)
    #expect(
      (object["clusters"] as? [[String: Any]])?.compactMap { $0["images"] as? Int }
        == [4 * Workshop.perClass, 2 * Workshop.perClass])
  }

  @Test func evaluatesWhatItCompiled() throws {
    let file = out.file("model.sinf")
    let compiled = try workshop.compile(
      ["--clusters", "3", "--cost-share", "0.7", "--threshold", "0.5", "--format", "json"], to: file
    )
    #expect(compiled.status == 0, "\(compiled.errors)")
    let made = try compiled.object()
    #expect(made["threshold"] as? Double == 0.5)
    let common = ["evaluate", file, "--data", workshop.data, "--quiet"]
    let result = try Program.sinfc(
      common + ["--part", "test", "--against", workshop.network, "--format", "json"])
    #expect(result.status == 0, "\(result.errors)")
    let seen = try result.object()
    #expect(seen["images"] as? Int == made["test_images"] as? Int)
    #expect(seen["skipped"] as? Int == 2)
    for key in [
      "routed_accuracy", "route_accuracy", "fallback_share", "whole_accuracy", "oracle_accuracy",
      "routed_macs", "base_float_accuracy",
    ] {
      #expect(seen[key] as? Double == made[key] as? Double, "\(key)")
    }
    let facts = try inspect(file)
    let said = try #require(facts["routed_accuracy"] as? Double)
    #expect(abs(said - (try #require(seen["routed_accuracy"] as? Double))) < 1e-4)

    // A threshold of 1 sends nearly all to the whole network, one of 0 none.
    let parts = ["fit", "validation", "test"].map { part in
      Result { try Program.sinfc(common + ["--part", part, "--format", "json"]).object() }
    }
    let counts = try parts.map { try #require(try $0.get()["images"] as? Int) }
    #expect(counts.reduce(0, +) == 6 * Workshop.perClass)
    let trusting = try Program.sinfc(common + ["--threshold", "0", "--format", "json"]).object()
    #expect(trusting["fallback_share"] as? Double == 0)
    let doubting = try Program.sinfc(common + ["--threshold", "1"])
    #expect(doubting.status == 0 && doubting.text.contains("at threshold 1.0"))
    #expect(doubting.text.contains("int8, oracle route"))
  }

  @Test func studiesScores() throws {
    let result = try Program.sinfc([
      "study", workshop.network, "--data", workshop.data, "--clusters", "2", "--part", "scores",
      "--seeds", "2", "--output", out.file("study.md"), "--commit", "abc123", "--quiet",
    ])
    #expect(result.status == 0 && result.text == "" && result.errors == "", "\(result.errors)")
    let page = try out.read("study.md")
    #expect(page.contains("commit abc123") && page.contains("## Routes"))
    let lines = page.split(separator: "\n")
    // Every accuracy has its error: the rows of scores, and what the routes of a first look give.
    #expect(lines.contains { $0.hasPrefix("| ") && !$0.contains(" to ") && $0.contains(" ± ") })
    let rows = lines.filter { $0.hasPrefix("| ") && $0.contains(" % | ") && $0.contains(" ± ") }
    #expect(rows.count == 3 * 2 * (9 + 3))
    for score in ["l1", "taylor", "hrank", "fpgm", "chip", "reconstruction"] {
      #expect(rows.count { $0.contains("| \(score) |") } == 6)
    }
    for score in ["dcs", "tvsprune", "random"] {
      #expect(rows.count { $0.contains("| \(score) |") } == 12)
    }
    #expect(!page.contains("nan"))
    #expect(try out.names() == ["study.md"])
  }

  @Test func readsFashionLikeIDXFiles() throws {
    var generator = SeededGenerator(seed: 3)
    var all: [(pixels: [UInt8], labels: [UInt8])] = []
    for (count, name) in [(120, "train"), (60, "t10k")] {
      var pixels: [UInt8] = [], labels: [UInt8] = []
      for i in 0..<count {
        // Rows and columns in two strengths: the red channel of red and of blue stripes.
        let label = i % 4
        let picture = Stripes.picture(of: label < 2 ? label : label + 2, &generator)
        pixels += stride(from: 0, to: picture.count, by: 3).map { picture[$0] }
        labels.append(UInt8(label))
      }
      let side = UInt8(Stripes.side)
      let header: [UInt8] = [0, 0, 0, UInt8(count)]
      try out.write(
        "fashion/\(name)-images-idx3-ubyte",
        [0, 0, 8, 3] + header + [0, 0, 0, side, 0, 0, 0, side] + pixels)
      try out.write("fashion/\(name)-labels-idx1-ubyte", [0, 0, 8, 1] + header + labels)
      all.append((pixels, labels))
    }
    let network = try out.write(
      "grey.onnx",
      try TinyNetwork.file(
        channels: 1, classes: 4, pixels: all[0].pixels, labels: all[0].labels.map(Int.init)))
    let names = try out.write("names.txt", "dim columns\ndim rows\nbright columns\nbright rows\n")
    let result = try Program.sinfc([
      "compile", network, "--data", out.file("fashion"), "-o", out.file("grey.sinf"), "--plain",
      "--classes", names, "--format", "json",
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("180 images of 4 classes\n"))
    let object = try result.object()
    #expect(object["test_images"] as? Int == 30)
    #expect((object["split"] as? String)?.hasPrefix("the data set's test part halved") == true)
    #expect(try #require(object["base_int8_accuracy"] as? Double) > 0.7)
    let facts = try inspect(out.file("grey.sinf"))
    #expect(
      facts["labels"] as? [String] == ["dim columns", "dim rows", "bright columns", "bright rows"])
  }
}
