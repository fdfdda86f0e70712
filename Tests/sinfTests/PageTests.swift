import Foundation
import Testing

@testable import sinf

/// Help, completion and manual pages are made from the table of options: whatever stands in it stands
/// in all of them.
@Suite struct PageTests {
  static let commands = ["classify", "watch", "inspect", "bench"]

  /// The options of a command, or of the program itself.
  static func options(of command: String?) throws -> [OptionEntry] {
    var set = Commands.program
    if let command {
      set = Commands(try #require(Command.allNames.first { "\($0.name)" == command }))
    }
    let all = (0...).lazy.map { Option(rawValue: $0) }.prefix { $0 != nil }
    return all.compactMap { $0?.entry }.filter { $0.commands.contains(set) }
  }

  @Test(arguments: commands)
  func everyOptionIsExplained(command: String) throws {
    let lines = try Program.run(["help", command]).lines
    let manual = try Program.run(["--man", command]).lines
    let options = try Self.options(of: command)
    #expect(options.count >= 5)
    for option in options {
      var head = "--\("\(option.name)".dropFirst(2))"
      var roff = "\\fB\("\(option.name)".replacing("-", with: "\\-"))\\fR"
      if let short = option.short {
        head = "\(short), \(head)"
        roff = "\\fB\\\(short)\\fR, \(roff)"
      }
      if let placeholder = option.placeholder {
        head += " \(placeholder)"
        roff += " \\fI\(placeholder)\\fR"
      }
      let isTerm = { (line: Substring) in
        line == "  \(head)" || line.hasPrefix("  \(head)  ")
      }
      #expect(lines.filter(isTerm).count == 1, "\(head)")
      #expect(manual.filter { $0 == roff }.count == 1, "\(roff)")
    }
  }

  @Test(arguments: commands)
  func everyOptionIsTaken(command: String) throws {
    for option in try Self.options(of: command) {
      for name in [option.name, option.short, option.alias].compactMap({ $0 }) {
        let result = try Program.run([command, "\(name)"])
        if option.isFlag {
          #expect(!result.errors.contains("unknown option"), "\(name)")
        } else {
          #expect(
            result.errors.hasPrefix("sinf: option \(option.name) needs a value\n"), "\(name)")
        }
      }
    }
  }

  @Test func everyOptionOfWatchIsAKeyUnlessItCannotBe() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/sinf.toml"
    for option in try Self.options(of: "watch") {
      let key = "\(option.name)".dropFirst(2)
      try Data("\(key) = \(option.isFlag ? "true" : "'1'")\n".utf8)
        .write(to: URL(fileURLWithPath: path))
      let result = try Program.run(["--config", path, "--check-config"])
      #expect(result.errors.contains("unknown key") == !option.isKey, "\(key)")
    }
  }

  @Test func everyCommandIsInTheOverview() throws {
    let overview = try Program.run(["--help"])
    #expect(try Program.run(["help"]).text == overview.text)
    for command in Command.allNames {
      let text = "\(command.name)".padding(toLength: 19, withPad: " ", startingAt: 0)
      #expect(overview.lines.contains { $0 == "  \(text)\(command.entry.summary)" })
    }
    for option in try Self.options(of: nil) {
      #expect(overview.text.contains("\(option.name)"))
    }
  }

  @Test(arguments: [[], ["classify"], ["watch"], ["inspect"], ["bench"]])
  func linesFitAndManualsAreInOrder(words: [String]) throws {
    for line in try Program.run(["help"] + words).lines { #expect(line.count <= 100, "\(line)") }
    let manual = try Program.run(["--man"] + words)
    #expect(manual.status == 0)
    #expect(manual.text.hasPrefix(".TH SINF"))
    for heading in ["NAME", "SYNOPSIS", "OPTIONS", "SEE ALSO"] {
      #expect(manual.lines.filter { $0 == ".SH \(heading)" }.count == 1)
    }
    // Where groff is installed, it has nothing to complain of.
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/groff") else { return }
    let checked = try Program.run(
      ["--man"] + words, shell: "\"$@\" | groff -man -ww -Tutf8 > /dev/null")
    #expect(checked.errors == "")
    #expect(checked.status == 0)
  }

  @Test func pagesThatAreNot() throws {
    for words in [["--man", "clasify"], ["help", "clasify"], ["--man=clasify"]] {
      let result = try Program.run(words)
      #expect(result.status == 2)
      #expect(
        result.errors
          == "sinf: unknown command 'clasify'; did you mean 'classify'?\nTry 'sinf --help'.\n")
    }
    #expect(
      try Program.run(["--completion", "tcsh"]).errors
        == "sinf: option --completion: 'tcsh' is not bash or zsh\nTry 'sinf --help'.\n")
    #expect(
      try Program.run(["--completion"]).errors.hasPrefix("sinf: option --completion needs a value"))
    #expect(try Program.run(["--completion", "bash", "x"]).status == 2)
    #expect(try Program.run(["--man", "watch", "x"]).status == 2)
    #expect(
      try Program.run(["--version=1"]).errors.hasPrefix("sinf: option --version takes no value"))
  }
}

extension Command {
  /// All of them.
  static var allNames: [Command] {
    (0...).lazy.map { Command(rawValue: $0) }.prefix { $0 != nil }.compactMap { $0 }
  }
}
