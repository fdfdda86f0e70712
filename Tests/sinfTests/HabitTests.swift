import Foundation
import Testing

/// What people write because other programs take it is taken, or answered with the right word.
@Suite struct HabitTests {
  @Test(arguments: ["-v", "-V", "version"])
  func tellsItsVersion(word: String) throws {
    let result = try Program.run([word])
    #expect(result.status == 0)
    #expect(result.text == (try Program.run(["--version"])).text)
    #expect(try Program.run([word, "x"]).status == 2)
  }

  @Test func shortNamesAreTheLongOnes() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path + "/inner", withIntermediateDirectories: true)
    try folder.write("inner/a.png", Picture.png())
    let long = ["--no-times", "--recursive", "--model", Program.tinyModel, folder.path]
    let short = ["--no-times", "-r", "-m", Program.tinyModel, folder.path]
    let expected = try Program.run(["classify"] + long)
    #expect(expected.status == 0)
    let result = try Program.run(["classify"] + short)
    #expect(result.status == 0)
    #expect(result.text == expected.text)
    #expect(result.errors.hasSuffix("1 received = 1 classified + 0 failed + 0 skipped\n"))
    #expect(
      try Program.run(["bench", "-m"]).errors.hasPrefix("sinf: option --model needs a value"))
  }

  @Test(arguments: ["--model", "-m"])
  func inspectTakesItsFileAsAnOption(name: String) throws {
    let expected = try Program.run(["inspect", Program.tinyModel])
    let result = try Program.run(["inspect", name, Program.tinyModel])
    #expect(result.status == 0)
    #expect(result.text == expected.text)
    let twice = try Program.run(["inspect", name, Program.tinyModel, "b"])
    #expect(twice.status == 2)
    #expect(twice.errors.hasPrefix("sinf: unexpected argument 'b'\n"))
  }

  @Test(arguments: ["classify", "watch", "bench", "inspect"])
  func formatsThatAreNoOptions(command: String) throws {
    let result = try Program.run([command, "--json", "x"])
    #expect(result.status == 2)
    #expect(
      result.errors
        == "sinf: unknown option '--json'; did you mean '--format json'?\n"
        + "Try 'sinf \(command) --help'.\n")
  }

  @Test(arguments: [("full", "whole"), ("whoel", "whole"), ("atuo", "auto")])
  func routesThatAreMeant(word: String, meant: String) throws {
    let result = try Program.classify(["--route", word, "x.png"])
    #expect(result.status == 2)
    #expect(
      result.errors
        == "sinf: \(Program.tinyModel): no cluster '\(word)'; did you mean '\(meant)'? "
        + "'sinf inspect' lists names and numbers\n")
  }

  @Test func aDashIsStandardOutput() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.png", Picture.png())
    let result = try Program.run(
      ["watch", "--once", "--settle", "0", "-m", Program.tinyModel, "--output", "-", folder.path])
    #expect(result.status == 0)
    #expect(try result.objects().first?["status"] as? String == "classified")
  }

  @Test(arguments: [
    ("", "is not a pattern such as *.jpg"), ("[a", "its '[' has no ']'"),
    ("*.[]", "its '[' has no ']'"), ("*.[!]", "its '[' has no ']'"),
    ("[z-a]*", "ends before it begins"), ("[!z-a]*", "ends before it begins"),
    ("*.jpg,*.png", "give --include for each"), ("*.{jpg,png}", "give --include for each"),
    ("jpg", "it takes that one name only"), ("JPEG", "it takes that one name only"),
    (".jpg", "names that begin with a dot are never taken"),
    ("\\.jpg", "names that begin with a dot are never taken"),
    ("cam1/*.jpg", "they have no '/'"),
  ])
  func patternsThatTakeNothingAreRefused(pattern: String, expected: String) throws {
    let result = try Program.run(["watch", "--include", pattern, "folder"])
    #expect(result.status == 2)
    #expect(result.errors.hasPrefix("sinf: option --include: '"))
    #expect(result.errors.contains(expected))
  }

  @Test(arguments: [
    "*", "*.jpg", "latest.jpg", "cam [0-9].png", "*[!]]", "[]a]*", "[a-]?", "a\\,b", "\\[x\\]",
    "[s]napshot", "*.[,]jpg",
  ])
  func patternsThatTakeSomethingPass(pattern: String) throws {
    let result = try Program.run(
      ["watch", "--check-config", "-m", Program.tinyModel, "--include", pattern, "folder"])
    #expect(result.errors == "")
    #expect(result.status == 0)
  }
}
