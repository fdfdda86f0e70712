import Foundation

/// The path of a program that was built beside the tests, or its name where there is none.
public func builtProgram(_ name: String) -> String {
  let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  let folders = [tests, CommandLine.arguments.first(where: { $0.hasSuffix(".xctest") })]
    .compactMap { $0 }.map { URL(fileURLWithPath: $0).deletingLastPathComponent() }
  let candidates = folders.map { $0.appendingPathComponent(name).path }
  return candidates.first(where: FileManager.default.isExecutableFile(atPath:)) ?? name
}
