import Foundation
import SINFModel
import SINFModelWriter
import TestPrograms
import Testing

/// Models whose records were changed where fields belong together, through all kernels. That runs in
/// a program of its own: a division by zero there is a failure here.
@Suite struct MutationTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("sinf-mutation-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func write(_ name: String, _ description: ModelDescription) throws -> String {
    let path = folder.appendingPathComponent(name).path
    try Data(try ModelWriter.bytes(for: description)).write(to: URL(fileURLWithPath: path))
    return path
  }

  private func mutate(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let run = try Run([builtProgram("mutate-models")] + arguments, seconds: 600)
    return (run.status, run.text)
  }

  /// Every kind of operation, large and small tensors, one pixel, views.
  @Test(arguments: [1, 1_000_000, 2_000_000])
  func whatTheReaderAcceptsRunsOnAllKernels(seed: Int) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../SINFModelTests/Golden")
    let models =
      ["tiny-v1.sinf", "squeeze-v1.2.sinf"].map { golden.appendingPathComponent($0).path }
      + [try write("routed.sinf", ColorModel().description)]
    let count = 1500
    let result = try mutate(["--count", "\(count)", "--seed", "\(seed)"] + models)
    #expect(result.status == 0, "\(result.output)")
    let numbers = result.output.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
    try #require(numbers.count == 3, "\(result.output)")
    #expect(numbers[0] == count)
    #expect(numbers[2] > count / 10, "too few are accepted and run to say anything")
  }
}
