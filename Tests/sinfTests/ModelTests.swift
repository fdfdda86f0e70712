import Foundation
import Testing

@Suite struct ModelTests {
  @Test func inspectsAsText() throws {
    let result = try Program.run(["inspect", "--plan", "--layers", Program.tinyModel])
    #expect(result.status == 0)
    #expect(result.errors == "")
    for expected in [
      "network     tiny\n", "input       4 x 4, rgb, cover, the middle 87.5 %",
      "arena       448 B, 14 tensors\n",
      "engine      464 B, the arena and the route's class scores\n",
      "behind it 16 bytes for the route's class scores and alignment; 464 in all\n",
      "route       2 clusters, threshold 0.625000",
      "  right cluster                  87.5 %\n", "         1  birds: bär, dove\n",
      "   0  convolution   3x3/1 pad 1,1    4x4x3            4x4x8              3456 ",
      "arena plan, 448 bytes\n",
      // Written before the program, read by its first two operations, then gone.
      "       192          32  2x2x8            <##..\n",
      // Logits stay behind the program.
      "       384          12  1x1x3 f32         ...#>\n",
    ] { #expect(result.text.contains(expected), "\(expected)") }
  }

  @Test func inspectsAsJSON() throws {
    let result = try Program.run(
      ["inspect", "--plan", "--layers", "--format", "json", Program.tinyModel])
    #expect(result.status == 0)
    let objects = try result.objects()
    #expect(objects.count == 1)
    let model = objects[0]
    #expect(model["labels"] as? [String] == ["apple", "bär", "鹿", "dove"])
    #expect(model["arena_bytes"] as? Int == 448)
    #expect(model["engine_bytes"] as? Int == 464)
    #expect((model["route"] as? [String: Any])?["score_weight"] as? Double != nil)
    let programs = try #require(model["programs"] as? [[String: Any]])
    #expect(
      programs.map { $0["kind"] as? String } == [
        "features", "route", "subgraph", "subgraph", "whole",
      ])
    for program in programs {
      let operations = try #require(program["operations"] as? [[String: Any]])
      #expect(operations.count == program["operation_count"] as? Int)
      #expect(operations.reduce(0) { $0 + ($1["macs"] as? Int ?? 0) } == program["macs"] as? Int)
      #expect((program["plan"] as? [Any])?.count == operations.count + 1)
    }
    let sections = try #require(model["sections"] as? [[String: Any]])
    #expect(sections.last?["offset"] as? Int == 5056)
  }

  /// Numbers without sign stay so, on machines of 32 bits too.
  @Test func numbersOfAllBitsAreNamed() throws {
    let folder = try TemporaryFolder()
    var bytes = try Data(contentsOf: URL(fileURLWithPath: Program.tinyModel))
    bytes[23] = 0x80
    try folder.write("long.sinf", bytes)
    let length = UInt64(1) << 63 | UInt64(bytes.count)
    let long = try Program.run(["inspect", folder.path + "/long.sinf"])
    #expect(long.status == 3)
    #expect(long.errors.contains("byte 16: found \(length); rule: "))
    bytes[23] = 0
    bytes.replaceSubrange(60..<64, with: [0, 0, 0, 0xFF])
    try folder.write("checksum.sinf", bytes)
    let checksum = try Program.run(["inspect", folder.path + "/checksum.sinf"])
    #expect(checksum.errors.contains("byte 60: found 4278190080; rule: "))
  }

  @Test func refusesBrokenModelsWithPlaceAndRule() throws {
    let folder = try TemporaryFolder()
    var bytes = try Data(contentsOf: URL(fileURLWithPath: Program.tinyModel))
    bytes[600] ^= 1
    try folder.write("broken.sinf", bytes)
    try folder.write("empty.sinf", Data())
    try folder.write(
      "text.sinf", Data("not a model, but long enough to have a header of sixty-four bytes".utf8))
    func write(_ name: String, _ beginning: [UInt8]) throws {
      try folder.write(name, Data(beginning + [UInt8](repeating: 0, count: 100)))
    }
    try write("strange.sinf", [0xC8, 1, 2, 3, 4, 5, 6, 7])
    try write("net.onnx", [8, 7, 0x12, 7] + Array("pytorch".utf8))
    try write("net.tflite", [0x1C, 0, 0, 0] + Array("TFL3".utf8))
    try write("net.pt", Array("PK\u{3}\u{4}".utf8))
    try write("page.html", Array("<!DOCTYPE html>\n<html><body>".utf8))
    try folder.write("bird.png", Picture.png())
    try folder.write("cut.sinf", bytes.prefix(5000))
    try folder.makeFolder("folder.sinf")
    #expect(mkfifo(folder.path + "/fifo.sinf", 0o600) == 0)
    for (name, expected) in [
      ("broken.sinf", "not a valid model: section 'metadata' record 0, byte "),
      (
        "empty.sinf", "not a valid model: header or section table, entry 0, byte 0: found 0; rule: "
      ),
      (
        "strange.sinf",
        "not a valid model: header or section table, entry 0, byte 0: found c8 01 02 03 04 05 06 07; "
          + "rule: a model file begins with 89 53 49 4E 46 0D 0A 1A"
      ),
      ("text.sinf", "not a valid model: it is text; expected a file that 'sinfc compile' wrote\n"),
      (
        "net.onnx",
        "not a valid model: it is an ONNX model; 'sinfc compile' makes a .sinf file from ONNX, "
      ),
      ("net.tflite", "not a valid model: it is a TensorFlow Lite model; 'sinfc compile' makes "),
      ("net.pt", "not a valid model: it is a ZIP archive, as PyTorch and Keras write models; "),
      (
        "bird.png",
        "not a valid model: it is a PNG picture; pictures stand behind the options, --model names "
      ),
      ("page.html", "not a valid model: it is an HTML page; expected a file that "),
      (
        "cut.sinf",
        "not a valid model: header or section table, entry 0, byte 16: found 5504; rule: "
      ),
      ("folder.sinf", "cannot read the model: Is a directory"),
      ("fifo.sinf", "cannot read the model: a FIFO, not a regular file\n"),
      ("none.sinf", "cannot read the model: No such file or directory"),
    ] {
      let path = folder.path + "/" + name
      for arguments in [["inspect", path], ["classify", "--model", path, "x.png"]] {
        let result = try Program.run(arguments)
        #expect(result.status == 3, "\(name)")
        #expect(result.text == "")
        #expect(result.errors.hasPrefix("sinf: \(path): \(expected)"), "\(result.errors)")
        #expect(result.errors.filter { $0 == "\n" }.count == 1)
      }
    }
  }

  /// The budget is refused with both numbers, and what was said to be needed is enough to start.
  @Test func refusesASmallBudgetWithBothNumbers() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.png", Picture.png())
    let refused = try Program.classify(["--memory", "1000", folder.path])
    #expect(refused.status == 3)
    #expect(refused.errors.hasSuffix("; see --memory\n"))
    let numbers = refused.errors.replacing(Program.tinyModel, with: "")
      .split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
    #expect(numbers.count == 2)
    #expect(numbers.last == 1000)
    let needed = try #require(numbers.first)
    for (budget, status) in [(needed - 1, Int32(3)), (needed, 0), (needed + 1, 0)] {
      let result = try Program.classify(["--memory", "\(budget)", folder.path])
      #expect(result.status == status, "\(budget): \(result.errors)")
    }
    let result = try Program.classify(["--memory", "2M", folder.path])
    #expect(result.status == 0)
    let huge = try Program.classify(["--memory", "\(Int32.max - 1)", folder.path])
    #expect(huge.status == 0 || huge.errors.contains("the system refuses the memory budget of"))
  }
}
