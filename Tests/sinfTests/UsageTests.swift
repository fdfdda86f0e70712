import Foundation
import Testing

@Suite struct UsageTests {
  @Test(arguments: [
    (["--help"], "classify           label pictures"), (["help"], "--man [COMMAND]"),
    (["help", "classify"], "sinf classify [--model FILE] [OPTION...] PATH..."),
    (["classify", "--help"], "--no-times"), (["classify", "-h"], "EXIT STATUS"),
    (["inspect", "--help"], "--plan"), (["help", "inspect"], "--plan"),
    (["bench", "--help"], "--compare FILE"),
  ])
  func helps(arguments: [String], expected: String) throws {
    let result = try Program.run(arguments)
    #expect(result.status == 0)
    #expect(result.text.contains(expected))
    #expect(result.errors == "")
    for line in result.lines { #expect(line.count <= 100) }
  }

  @Test func tellsItsVersion() throws {
    let result = try Program.run(["--version"])
    #expect(result.status == 0)
    // Packaged programs know their commit (tools/package.sh).
    let line =
      /sinf \d+\.\d+\.\d+ \((unreleased|commit [0-9a-f]{12}(\+changes)?), model format 1\.4\)\n/
    #expect(result.text.wholeMatch(of: line) != nil, "\(result.text)")
  }

  @Test(arguments: [
    ([], "sinf: nothing to do: expected a command\nTry 'sinf --help'.\n"),
    (
      ["clasify"], "sinf: unknown command 'clasify'; did you mean 'classify'?\nTry 'sinf --help'.\n"
    ),
    (["frobnicate"], "sinf: unknown command 'frobnicate'\nTry 'sinf --help'.\n"),
    (
      ["classify", "--modle", "x"],
      "sinf: unknown option '--modle'; did you mean '--model'?\nTry 'sinf classify --help'.\n"
    ),
    (
      ["classify", "--tresholt=1"],
      "sinf: unknown option '--tresholt'; did you mean '--route-threshold'?\nTry 'sinf classify --help'.\n"
    ),
    (
      ["classify", "-x"],
      "sinf: unknown option '-x'\nTry 'sinf classify --help'.\n"
    ),
    (
      ["classify", "--model"],
      "sinf: option --model needs a value\nTry 'sinf classify --help'.\n"
    ),
    (
      ["classify", "--recursive=yes", "x"],
      "sinf: option --recursive takes no value\nTry 'sinf classify --help'.\n"
    ),
    (
      ["classify", "--top", "0", "x"],
      "sinf: option --top: '0' is not a number of labels from 1 to 100\n"
        + "Try 'sinf classify --help'.\n"
    ),
    (
      ["classify", "--format=xml", "x"],
      "sinf: option --format: 'xml' is not text, json or csv\nTry 'sinf classify --help'.\n"
    ),
    (
      ["classify", "--memory", "8X", "x"],
      "sinf: option --memory: '8X' is not a number of bytes such as 8M, 512K or 6000000\n"
        + "Try 'sinf classify --help'.\n"
    ),
    (
      ["classify", "--threshold", "1.5", "x"],
      "sinf: option --route-threshold: '1.5' is not a share from 0 to 1 such as 0.85, or 85%\n"
        + "Try 'sinf classify --help'.\n"
    ),
    (
      ["classify", "--model", "m"],
      "sinf: nothing to do: expected a picture, a folder or '-'\nTry 'sinf classify --help'.\n"
    ),
    (
      ["classify", "x"],
      "sinf: no model: give --model FILE or set the environment variable SINF_MODEL\n"
        + "Try 'sinf classify --help'.\n"
    ),
    (["inspect"], "sinf: nothing to do: expected a model FILE\nTry 'sinf inspect --help'.\n"),
    (["inspect", "a", "b"], "sinf: unexpected argument 'b'\nTry 'sinf inspect --help'.\n"),
    (
      ["inspect", "--format", "csv", "a"],
      "sinf: option --format: 'csv' is not text or json\nTry 'sinf inspect --help'.\n"
    ),
  ])
  func explainsWrongUsage(arguments: [String], expected: String) throws {
    let result = try Program.run(arguments)
    #expect(result.status == 2)
    #expect(result.text == "")
    #expect(result.errors == expected)
  }

  @Test func takesTheModelFromTheEnvironment() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.png", Picture.png())
    let result = try Program.run(
      ["classify", folder.path], environment: ["SINF_MODEL": Program.tinyModel])
    #expect(result.status == 0)
    #expect(result.errors.hasSuffix("\n1 received = 1 classified + 0 failed + 0 skipped\n"))
    let unset = try Program.run(["classify", folder.path], environment: ["SINF_MODEL": ""])
    #expect(unset.status == 2)
    #expect(unset.errors.hasPrefix("sinf: no model: give --model FILE"))
  }

  @Test func takesTheKernelsFromTheEnvironment() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.png", Picture.png())
    let arguments = ["classify", "--model", Program.tinyModel, "--no-times", folder.path]
    let fastest = try Program.run(arguments)
    let reference = try Program.run(arguments, environment: ["SINF_ISA": "reference"])
    #expect(reference.status == 0)
    #expect(reference.text == fastest.text)
    let unknown = try Program.run(arguments, environment: ["SINF_ISA": "abacus"])
    #expect(unknown.status == 2)
    #expect(
      unknown.errors.hasPrefix(
        "sinf: the environment variable SINF_ISA is 'abacus', expected reference"))
    #expect(unknown.errors.hasSuffix(" on this machine\n"))
  }

  @Test func refusesRoutesThatTheModelDoesNotHave() throws {
    for (route, expected) in [
      ("cats", "no cluster 'cats'; 'sinf inspect' lists names and numbers"),
      ("2", "no cluster '2'; 'sinf inspect' lists names and numbers"),
    ] {
      let result = try Program.classify(["--route", route, "x.png"])
      #expect(result.status == 2)
      #expect(result.errors == "sinf: \(Program.tinyModel): \(expected)\n")
    }
  }
}
