import Foundation
import SINFCompiler
import Testing

/// What users get to see when something is wrong.
@Suite struct ErrorTests {
  let workshop: Workshop
  let out: TemporaryFolder
  let model: String

  init() throws {
    workshop = try Workshop.shared.get()
    out = try TemporaryFolder()
    model = out.file("made/model.sinf")
    try FileManager.default.createDirectory(
      atPath: out.file("made"), withIntermediateDirectories: true)
  }

  /// Compiles in vain: the status, one line on standard error, nothing written.
  private func expectFailure(
    _ arguments: [String], status: Int32 = 1, _ message: String,
    _ place: SourceLocation = #_sourceLocation
  ) throws {
    let result = try Program.sinfc(["compile", "--quiet", "--output", model] + arguments)
    #expect(result.status == status, sourceLocation: place)
    #expect(result.text == "", sourceLocation: place)
    #expect(result.errors == "Error: \(message)\n", sourceLocation: place)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: out.file("made")) == [],
      sourceLocation: place)
  }

  @Test func namesNetworksThatCannotBeRead() throws {
    let data = ["--data", workshop.data]
    let missing = out.file("missing.onnx")
    try expectFailure(
      [missing] + data, "\(missing): can't be read: No such file or directory")
    try expectFailure([workshop.data] + data, "\(workshop.data): is a folder, expected a file")
    let text = try out.write("notes.txt", "hello there\n")
    try expectFailure(
      [text] + data,
      "\(text): the 12 bytes are not an ONNX model (malformedProtobuf); is the file complete?")
    let whole = try workshop.folder.bytes("stripes.onnx")
    let cut = try out.write("cut.onnx", Array(whole.prefix(whole.count / 2)))
    try expectFailure(
      [cut] + data,
      "\(cut): the \(whole.count / 2) bytes are not an ONNX model (truncated); is the file complete?"
    )
  }

  @Test func namesDataThatCannotBeUsed() throws {
    let network = [workshop.network]
    try expectFailure(
      network + ["--data", out.file("nowhere")], "\(out.file("nowhere")): does not exist")
    try FileManager.default.createDirectory(
      atPath: out.file("empty"), withIntermediateDirectories: true)
    try expectFailure(
      network + ["--data", out.file("empty")],
      "\(out.file("empty")): is a folder without class folders, CIFAR .bin files or IDX files")
    var generator = SeededGenerator(seed: 5)
    for label in 0..<4 {
      for i in 0..<8 {
        try out.write(
          "four/\(label)/\(i).png", Stripes.png(Stripes.picture(of: label, &generator)))
      }
    }
    try expectFailure(
      network + ["--data", out.file("four")],
      "\(workshop.network): the network's output is 1x1x6, the images have 4 classes: give --classes a "
        + "file with the names of all outputs, or with lines 'folder = number', numbers of outputs "
        + "from 0")
    for label in 0..<6 {
      try out.write("few/\(label)/a.png", Stripes.png(Stripes.picture(of: label, &generator)))
    }
    try expectFailure(
      network + ["--data", out.file("few")],
      "\(out.file("few")): 6 images of 6 classes leave none for choosing; at least three of a class "
        + "are needed")
  }

  @Test func namesOptionsThatDoNotFit() throws {
    let common = [workshop.network, "--data", workshop.data]
    try expectFailure(
      common + ["--clusters", "colours"],
      "colours: is neither auto, a number, superclasses, nor a text file that can be read")
    try expectFailure(
      common + ["--clusters", "7"],
      "--clusters: 7 clusters of 6 classes; there can be 1 to 6")
    try expectFailure(
      common + ["--clusters", "superclasses"],
      "--clusters: these images come without superclasses")
    let clusters = try out.write("clusters.txt", "a: red-rows\nb: red-rows, purple-rows\n")
    try expectFailure(
      common + ["--clusters", clusters], "\(clusters):2: 'red-rows' already belongs to cluster 'a'")
    try out.write("clusters.txt", "a: red-rows\nb: purple-rows\n")
    try expectFailure(
      common + ["--clusters", clusters], "\(clusters):2: 'purple-rows' is no class of these images")
    try expectFailure(
      common + ["--mean", "0.5,0.5", "--std", "1,1"], status: 2,
      "the network has 3 channels; --mean has 2 numbers, --std has 2")
    try expectFailure(
      common + ["--split", "nothing"],
      "\(workshop.network): no split at 'nothing'; the network can be split at: a, b, f, g")
    let names = try out.write("names.txt", "red-rows\n\nred-columns\n")
    try expectFailure(
      common + ["--classes", names], "\(names): line 2 is empty; each line names one class")
  }

  @Test func findsOutEarlyThatItCannotWrite() throws {
    let started = Date()
    for (path, cause) in [
      (out.file("no/model.sinf"), "can't be written: \(out.file("no")): No such file or directory"),
      (out.path, "can't be written: it exists and is not a regular file"),
      ("/dev/null", "can't be written: it exists and is not a regular file"),
    ] {
      let result = try workshop.compile([], to: path)
      #expect(result.status == 1)
      #expect(result.errors == "Error: \(path): \(cause)\n")
    }
    let result = try workshop.compile([], to: workshop.network)
    #expect(result.status == 2)
    #expect(result.errors.hasSuffix("would be written over the input \(workshop.network)\n"))
    let report = try workshop.compile(["--report", out.file("no/page.html")], to: model)
    #expect(report.status == 1 && report.errors.contains("no/page.html: can't be written"))
    #expect(Date().timeIntervalSince(started) < 20)
    #expect(try out.names() == ["made"])
  }

  @Test(arguments: [
    (
      ["compile", "x.onnx", "--data", "d", "-o", "m", "--clstrs", "2"],
      "Unknown option '--clstrs'. Did you mean '--clusters'?"
    ),
    (["compile", "x.onnx", "--data", "d"], "Missing expected argument '--output <model.sinf>'"),
    (
      ["compile", "x.onnx", "--data", "d", "-o", "m", "--threshold", "2"], "--threshold goes from 0"
    ),
    (["compile", "x.onnx", "--data", "d", "-o", "m", "--mean", "0,0,0"], "--mean and --std go"),
    (
      ["compile", "x.onnx", "--data", "d", "-o", "m", "--mean", "0,0,0", "--std", "1,0,1"],
      "--std: a deviation is above 0, not 0.0"
    ),
    (
      ["compile", "x.onnx", "-o", "m", "--plain", "--calibration", "p", "--report", "r"],
      "--report needs labelled images"
    ),
    (
      ["compile", "x.onnx", "--data", "d", "-o", "m", "--min-precision", "1"],
      "--min-precision is above 0 and below 1, not 1.0"
    ),
    (
      ["compile", "x.onnx", "--data", "d", "-o", "m", "--min-precision", "101%"],
      "The value '101%' is invalid for '--min-precision <share>'"
    ),
    (["evaluate", "m", "--data", "d", "--threshold", "nan"], "--threshold goes from 0 to 1"),
    (["evaluate", "m", "--data", "d", "--part", "some"], "The value 'some' is invalid"),
    (["study", "x.onnx", "--data", "d", "--seeds", "0"], "--seeds goes from 1 to 100"),
    (["compil"], "Unexpected argument 'compil'"), ([], "nothing to do: expected check, compile"),
  ])
  func refusesWrongUsage(arguments: [String], message: String) throws {
    let result = try Program.sinfc(arguments)
    #expect(result.status == 2)
    #expect(result.text == "")
    #expect(result.errors.hasPrefix("Error: \(message)"), "\(result.errors)")
    #expect(result.errors.contains("Usage: sinfc"))
  }

  @Test(arguments: [
    (["--help"], "SUBCOMMANDS"), (["compile", "--help"], "--max-accuracy-loss"),
    (["compile", "--help"], "operator sets 7 to 28"), (["study", "-h"], "operator sets 7 to 28"),
    (["evaluate", "-h"], "--against"), (["help", "study"], "--seeds"),
    (["--version"], "(unreleased, model format 1.4)"),
  ])
  func helps(arguments: [String], expected: String) throws {
    let result = try Program.sinfc(arguments)
    #expect(result.status == 0 && result.errors == "")
    #expect(result.text.contains(expected))
  }

  @Test func refusesDamagedModels() throws {
    let missing = try Program.sinfc(["evaluate", out.file("none.sinf"), "--data", workshop.data])
    #expect(missing.status == 3)
    #expect(
      missing.errors
        == "Error: \(out.file("none.sinf")): can't be read: No such file or directory\n")
    let made = try workshop.compile(["--plain"], to: model)
    #expect(made.status == 0, "\(made.errors)")
    var bytes = try out.bytes("made/model.sinf")
    bytes[bytes.count / 2] ^= 0xFF
    let damaged = try out.write("damaged.sinf", bytes)
    let result = try Program.sinfc(["evaluate", damaged, "--data", workshop.data])
    #expect(result.status == 3)
    #expect(result.errors.hasPrefix("Error: \(damaged): not a valid model: section "))
    #expect(result.errors.contains(", byte ") && result.errors.contains("(found "))
    #expect(result.errors.split(separator: "\n").count == 1)

    let useless = try Program.sinfc([
      "evaluate", model, "--data", workshop.data, "--threshold", "0.5", "--quiet",
    ])
    #expect(useless.status == 2)
    #expect(useless.errors.contains("has no clusters"))
    let slow = try Program.sinfc(
      ["evaluate", model, "--data", workshop.data, "--quiet"],
      environment: ["SINF_ISA": "abacus"])
    #expect(slow.status == 1)
    #expect(slow.errors.hasPrefix("Error: \(model): the model can't be run on this machine: "))
  }

  @Test func checksTheNetworkToCompareWith() throws {
    let made = try workshop.compile(["--plain"], to: model)
    #expect(made.status == 0, "\(made.errors)")
    let other = try out.write(
      "other.onnx",
      try TinyNetwork.file(
        channels: 3, classes: 2, pixels: [UInt8](repeating: 9, count: 4 * 8 * 8 * 3),
        labels: [0, 1, 0, 1], side: 8))
    let result = try Program.sinfc([
      "evaluate", model, "--data", workshop.data, "--quiet", "--against", other,
    ])
    #expect(result.status == 1)
    #expect(result.errors == "Error: \(other): takes 8x8x3 images, \(model) takes 16x16x3\n")
  }

  @Test func leavesNothingWhenInterrupted() throws {
    let result = try Program.run(
      "sinfc",
      ["compile", workshop.network, "--data", workshop.data, "--output", model],
      interruptAt: "images of 6 classes")
    #expect(result.signal == SIGTERM)
    #expect(try FileManager.default.contentsOfDirectory(atPath: out.file("made")) == [])
  }
}
