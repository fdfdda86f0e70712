import Foundation
import SINFCompiler
import Testing

/// `sinfc extract`, and what `sinf` answers with the file that it writes.
@Suite struct ExtractTests {
  let workshop: Workshop
  let out: TemporaryFolder

  init() throws {
    workshop = try Workshop.shared.get()
    out = try TemporaryFolder()
  }

  /// A model of two clusters, 'cold' and 'warm'.
  private func routedModel() throws -> String {
    let clusters = try out.write(
      "clusters.txt",
      "cold: blue-columns, blue-rows, green-columns, green-rows\nwarm: red-columns, red-rows\n")
    let file = out.file("whole.sinf")
    let result = try workshop.compile(["--clusters", clusters, "--cost-share", "0.8"], to: file)
    #expect(result.status == 0, "\(result.errors)")
    return file
  }

  private func extract(_ arguments: [String]) throws -> Program.Result {
    try Program.sinfc(["extract"] + arguments)
  }

  /// File, label and probability of each picture that `sinf` names. Numbers of classes are a file's
  /// own.
  private func answers(_ model: String, _ arguments: [String] = []) throws -> [String] {
    let pictures = workshop.data + "/blue-rows"
    let result = try Program.run(
      "sinf",
      ["classify", "--model", model, "--top", "3", "--format", "json"] + arguments + [pictures])
    #expect(result.status == 0, "\(result.errors)")
    return try result.text.split(separator: "\n").compactMap { line in
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      guard let labels = object["labels"] as? [[String: Any]] else { return nil }
      return try labels.reduce(try #require(object["file"] as? String)) {
        "\($0), \(try #require($1["label"])) \(try #require($1["probability"]))"
      }
    }
  }

  @Test func answersAreThoseOfTheRoute() throws {
    let whole = try routedModel(), own = out.file("cold.sinf")
    let result = try extract([
      whole, "--cluster", "cold", "-o", own, "--visitors", "--format", "json",
    ])
    #expect(result.status == 0 && result.errors == "", "\(result.errors)")
    let object = try result.object()
    #expect(
      Set(object.keys) == [
        "base_macs", "bytes", "classes", "cluster", "file", "macs", "scores_added", "source_bytes",
      ])
    #expect(object["cluster"] as? String == "cold")
    #expect(try out.bytes("cold.sinf").count == object["bytes"] as? Int)
    #expect(try out.bytes("whole.sinf").count == object["source_bytes"] as? Int)
    let expected = try answers(whole, ["--route", "cold"]), found = try answers(own)
    #expect(found.count == Workshop.perClass && expected.count == found.count)
    #expect(found == expected)
  }

  @Test func onlyTheClustersOwnClassesAreLeft() throws {
    let whole = try routedModel(), own = out.file("cold.sinf")
    let result = try extract([whole, "--cluster", "0", "-o", own])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.text.contains("cluster 'cold': 4 classes, "))
    #expect(result.text.contains("wrote \(own), "))
    let facts = try Program.run("sinf", ["inspect", "--model", own, "--format", "json"]).object()
    #expect(
      facts["labels"] as? [String] == ["blue-columns", "blue-rows", "green-columns", "green-rows"])
    let kinds = (facts["programs"] as? [[String: Any]])?.compactMap { $0["kind"] as? String }
    #expect(kinds == ["features", "route", "subgraph"] || kinds == ["whole"])
    // The same again, to the byte.
    let again = out.file("again.sinf")
    #expect(try extract([whole, "--cluster", "cold", "-o", again]).status == 0)
    #expect(try out.bytes("again.sinf") == out.bytes("cold.sinf"))
  }

  @Test func saysWhatCannotBeExtracted() throws {
    let whole = try routedModel(), target = out.file("new.sinf")
    func expect(_ arguments: [String], status: Int32, _ message: String) throws {
      let result = try extract(arguments)
      #expect(result.status == status && result.text == "")
      #expect(result.errors == "Error: \(message)\n")
      #expect(!FileManager.default.fileExists(atPath: target))
    }
    try expect(
      [whole, "--cluster", "2", "-o", target], status: 2,
      "--cluster: \(whole) has no cluster '2'; it has 'cold', 'warm'")
    try expect(
      [whole, "--cluster", "cold", "-o", whole], status: 2,
      "\(whole): would be written over the input \(whole)")
    let missing = out.file("missing.sinf")
    try expect(
      [missing, "--cluster", "cold", "-o", target], status: 3,
      "\(missing): can't be read: No such file or directory")
    let plain = out.file("plain.sinf")
    #expect(try workshop.compile(["--plain"], to: plain).status == 0)
    try expect(
      [plain, "--cluster", "cold", "-o", target], status: 2, "--cluster: \(plain) has no clusters")
    let cut = try out.write("cut.sinf", Array(try out.bytes("whole.sinf").dropLast(64)))
    let refused = try extract([cut, "--cluster", "cold", "-o", target])
    #expect(refused.status == 3)
    #expect(refused.errors.hasPrefix("Error: \(cut): not a valid model: "))
  }
}
