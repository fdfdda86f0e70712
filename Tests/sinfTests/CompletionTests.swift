import Foundation
import Testing

@testable import sinf

/// The scripts of --completion, asked as the shells ask them.
@Suite struct CompletionTests {
  /// What bash offers for the last of the words.
  private func bash(_ words: [String], in folder: String = "/") throws -> [String] {
    let script = try TemporaryFolder()
    try Data(
      """
      cd "$1"; shift
      eval "$("$@" --completion bash)" || exit 3
      complete -p sinf > /dev/null || exit 4
      COMP_WORDS=(\(words.map { "'\($0)'" }.joined(separator: " ")))
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      _sinf
      printf '%s\\n' "${COMPREPLY[@]}"

      """.utf8
    ).write(to: URL(fileURLWithPath: script.path + "/script"))
    let result = try Program.run(
      [], shell: "exec bash '\(script.path)/script' '\(folder)' \"$@\"")
    #expect(result.status == 0)
    #expect(result.errors == "")
    return result.lines.map(String.init).sorted()
  }

  @Test func commandsComeFirst() throws {
    #expect(try bash(["sinf", "cla"]) == ["classify"])
    #expect(
      Set(try bash(["sinf", ""])).isSuperset(of: ["bench", "classify", "help", "inspect", "watch"]))
    #expect(try bash(["sinf", "help", "w"]) == ["watch"])
    #expect(try bash(["sinf", "--completion", ""]) == ["bash", "zsh"])
    #expect(try bash(["sinf", "--man", "b"]) == ["bench"])
  }

  @Test(arguments: PageTests.commands)
  func everyOptionIsOffered(command: String) throws {
    var names: [String] = []
    for option in try PageTests.options(of: command) {
      names.append("\(option.name)")
      if let short = option.short { names.append("\(short)") }
    }
    #expect(try bash(["sinf", command, "-"]) == names.sorted())
    let zsh = try Program.run(["--completion", "zsh"]).text
    let start = try #require(zsh.range(of: "\n        \(command))\n")).upperBound
    let end = try #require(zsh.range(of: ";;", range: start..<zsh.endIndex)).lowerBound
    for name in names {
      #expect(zsh[start..<end].contains(")\(name)") || zsh[start..<end].contains("*\(name)"))
    }
  }

  @Test func valuesAreOffered() throws {
    #expect(try bash(["sinf", "classify", "--format", ""]) == ["csv", "json", "text"])
    #expect(try bash(["sinf", "watch", "--format", ""]) == ["json", "text"])
    // bash splits words at '='.
    #expect(try bash(["sinf", "watch", "--format", "=", "j"]) == ["json"])
    #expect(try bash(["sinf", "watch", "--order", "="]) == ["newest", "oldest"])
    #expect(try bash(["sinf", "bench", "--route", "w"]) == ["whole"])
    #expect(try bash(["sinf", "classify", "--top", ""]) == [])
  }

  @Test func pathsAreOffered() throws {
    let folder = try TemporaryFolder()
    try folder.write("birds.sinf", Data())
    try FileManager.default.createDirectory(
      atPath: folder.path + "/bin", withIntermediateDirectories: true)
    #expect(try bash(["sinf", "classify", "-m", "b"], in: folder.path) == ["bin", "birds.sinf"])
    #expect(try bash(["sinf", "classify", "b"], in: folder.path) == ["bin", "birds.sinf"])
    #expect(try bash(["sinf", "watch", "b"], in: folder.path) == ["bin"])
    #expect(try bash(["sinf", "watch", "--done", "b"], in: folder.path) == ["bin"])
    #expect(try bash(["sinf", "--config", "b"], in: folder.path) == ["bin", "birds.sinf"])
  }

  /// In a terminal of its own, as somebody who presses the tabulator key.
  @Test(
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/zsh")),
    arguments: [
      ("sinf watch --order ol", "oldest"), ("sinf classi", "classify"),
      ("sinf inspect --pla", "--plan"), ("sinf classify --format js", "json"),
    ])
  func zshCompletes(typed: String, expected: String) throws {
    let script = try TemporaryFolder()
    try Data(
      """
      zmodload zsh/zpty
      "$@" --completion zsh > \(script.path)/_sinf
      zpty z zsh -f -i
      zpty -w z 'fpath=(\(script.path) $fpath); autoload -U compinit; compinit -u -D; echo rea""dy'
      zpty -r z text '*ready*'
      zpty -w -n z $'\(typed)\\t'
      zpty -r z text '*\(expected)*' && print -r -- found

      """.utf8
    ).write(to: URL(fileURLWithPath: script.path + "/script"))
    let result = try Program.run(
      [], environment: ["TERM": "dumb"], shell: "exec zsh -f '\(script.path)/script' \"$@\"")
    #expect(result.errors == "")
    #expect(result.text == "found\n")
  }
}
