import Foundation
import TestPrograms
import Testing

/// What a confined process can still do, tried by a program that confines itself as `sinf` does, on its
/// main thread and on threads that it makes afterwards, and inside a fork server's child.
@Suite struct ConfinementTests {
  /// What an attempt of the probe came to, for each thread that tried it: true where it was possible.
  private func probe(_ profile: String) throws -> [String: [Bool]] {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("sinf-confinement-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let text = try Run([builtProgram("confinement-probe"), profile, folder]).text
    var result: [String: [Bool]] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      result[String(words[0]), default: []].append(
        words.count > 1 ? words[1] == "yes" || words[1] == "1" : true)
    }
    return result
  }

  /// What the program itself goes on doing.
  private static let own = ["read-inside", "thread", "memory"]
  private static let inside = ["write-inside", "make-inside"]
  private static let outside = ["write-outside", "make-outside", "remove-outside"]
  private static let calls = [
    "socket", "local-socket", "send-to-address", "executable-memory", "fork", "kill",
    "tgkill-other", "setpriority", "pipe", "duplicate", "own-descriptor", "memory-file",
  ]

  /// Once on the main thread and once on each of four threads of the pool.
  private func expect(
    _ names: [String], _ isPossible: Bool, _ result: [String: [Bool]], hasThreads: Bool = true
  ) {
    for name in names {
      #expect(result[name] == [isPossible], "\(name)")
      guard hasThreads else { continue }
      #expect(
        result["threads/" + name] == Array(repeating: isPossible, count: 4), "threads/\(name)")
    }
  }

  @Test func unconfinedAllOfItIsPossible() throws {
    let result = try probe("free")
    expect(Self.own + Self.inside + Self.outside + Self.calls, true, result)
    expect(["read-outside"], true, result)
    #expect(result["exec"] == [true])
  }

  @Test(arguments: ["reader", "bench"]) func readersReadAndNothingElse(profile: String) throws {
    let result = try probe(profile)
    try #require(result["calls"] == [true], "this kernel has no seccomp")
    expect(Self.own + ["read-outside"], true, result)
    expect(Self.outside + Self.inside + Self.calls + ["namespace"], false, result)
    #expect(result["exec"] == [false])
  }

  /// Without Landlock, which not every kernel has, the calls alone are confined.
  @Test func watchersStayInTheirFolders() throws {
    let result = try probe("watcher")
    try #require(result["calls"] == [true], "this kernel has no seccomp")
    expect(Self.own + Self.inside, true, result)
    expect(Self.calls + ["namespace"], false, result)
    expect(Self.outside + ["read-outside"], result["files"] != [true], result)
    #expect(result["exec"] == [false])
  }

  /// Not even memory or a thread, and no file anywhere.
  @Test func decodersComputeAndNothingElse() throws {
    let result = try probe("decoder")
    try #require(result["calls"] == [true], "this kernel has no seccomp")
    expect(
      Self.own + Self.inside + Self.outside + ["read-outside"] + Self.calls + ["namespace"], false,
      result, hasThreads: false)
    #expect(result["fresh-child"] == [true])
  }
}
