import Foundation
import Testing

/// What a confined process can still do, tried by a program that confines itself as `sinf` does.
@Suite struct ConfinementTests {
  /// What each attempt of the probe came to: true where it was possible.
  private func probe(_ profile: String) throws -> [String: Bool] {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("sinf-confinement-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try Self.program())
    process.arguments = [profile, folder]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    var result: [String: Bool] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      result[String(words[0])] = words.count > 1 ? words[1] == "yes" || words[1] == "1" : true
    }
    return result
  }

  private static func program() throws -> String {
    let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let folders = [tests, CommandLine.arguments.first(where: { $0.hasSuffix(".xctest") })]
      .compactMap { $0 }.map { URL(fileURLWithPath: $0).deletingLastPathComponent() }
    let candidates = folders.map { $0.appendingPathComponent("confinement-probe").path }
    return try #require(
      candidates.first(where: FileManager.default.isExecutableFile(atPath:)))
  }

  private static let own = ["read-inside", "thread"]
  private static let forbidden = [
    "write-outside", "make-outside", "remove-outside", "socket", "local-socket",
    "executable-memory", "fork", "exec",
  ]

  @Test func unconfinedAllOfItIsPossible() throws {
    let result = try probe("free")
    for name in Self.own + Self.forbidden + ["read-outside", "write-inside", "make-inside"] {
      #expect(result[name] == true, "\(name)")
    }
  }

  @Test func readersReadAndNothingElse() throws {
    let result = try probe("reader")
    try #require(result["calls"] == true, "this kernel has no seccomp")
    for name in Self.own { #expect(result[name] == true, "\(name)") }
    #expect(result["read-outside"] == true)
    for name in ["write-outside", "make-outside", "write-inside", "make-inside"] {
      #expect(result[name] == false, "\(name)")
    }
    for name in Self.forbidden { #expect(result[name] == false, "\(name)") }
  }

  /// Without Landlock, which not every kernel has, the calls alone are confined.
  @Test func watchersStayInTheirFolders() throws {
    let result = try probe("watcher")
    try #require(result["calls"] == true, "this kernel has no seccomp")
    for name in Self.own + ["write-inside", "make-inside"] {
      #expect(result[name] == true, "\(name)")
    }
    let files = result["files"] == true
    for name in Self.forbidden + ["read-outside"] {
      let isOfFiles = name.hasSuffix("outside")
      #expect(result[name] == (isOfFiles && !files), "\(name)")
    }
  }
}
