import Foundation
import ONNXExporter
import ONNXImporter
import SINFCompiler
import SINFGraph
import Testing

/// `sinfc thin`, and what was tuned taken back. Training itself is a tool's; here the thin network
/// is taken as it is, with a predictor that is fitted on its features.
@Suite struct TunedTests {
  let workshop: Workshop
  let out: TemporaryFolder

  init() throws {
    workshop = try Workshop.shared.get()
    out = try TemporaryFolder()
  }

  private func thin(_ folder: String) throws {
    let result = try Program.sinfc([
      "thin", workshop.network, "--data", workshop.data, "--cost-share", "0.6", "--tail-share",
      "0.8",
      "--clusters", "2", "--output", folder, "--quiet",
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.text.contains("next: tools/tune/tune.py \(folder)"))
  }

  @Test func thinWritesAllThatTrainingNeeds() throws {
    let folder = out.file("tune")
    try thin(folder)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(names == ["base.onnx", "images.npy", "labels.npy", "thin.onnx", "tune.json"])
    let base = try ONNXImporter.load(path: folder + "/base.onnx").graph
    let thin = try ONNXImporter.load(path: folder + "/thin.onnx").graph
    #expect(thin.multiplyAccumulates <= base.multiplyAccumulates)
    let settings = try #require(
      try JSONSerialization.jsonObject(
        with: Data(contentsOf: URL(fileURLWithPath: folder + "/tune.json"))) as? [String: Any])
    let split = try #require(settings["split"] as? String)
    #expect(thin.values.contains { $0.name == split })
    // NumPy's format: the header's end is aligned, and the bytes are all there.
    let images = try [UInt8](Data(contentsOf: URL(fileURLWithPath: folder + "/images.npy")))
    let header = Int(images[8]) + Int(images[9]) << 8
    #expect(images.starts(with: [0x93] + Array("NUMPY".utf8)) && (10 + header) % 64 == 0)
    let shape = base[base.input].shape
    #expect((images.count - 10 - header) % shape.count == 0)
    let labels = try Data(contentsOf: URL(fileURLWithPath: folder + "/labels.npy"))
    #expect((labels.count - 128) / 4 == (images.count - 10 - header) / shape.count)
  }

  @Test func whatWasTunedIsCompiled() throws {
    let folder = out.file("tune"), model = out.file("tuned.sinf")
    try thin(folder)
    // Nothing trained yet: said, with what to do.
    let early = try workshop.compile(["--tuned", folder], to: model)
    #expect(early.status == 1)
    #expect(early.errors.contains("\(folder)/tuned.onnx: is not there; tools/tune/tune.py"))

    try FileManager.default.copyItem(
      atPath: folder + "/thin.onnx", toPath: folder + "/tuned.onnx")
    try predictor(folder)
    let result = try workshop.compile(
      ["--tuned", folder, "--clusters", "2", "--format", "json"], to: model)
    #expect(result.status == 0, "\(result.errors)")
    let object = try result.object()
    let macs = try #require(object["routed_macs"] as? Double)
    let base = try #require(object["base_macs"] as? Int)
    #expect(macs < Double(base))
    #expect(try #require(object["routed_accuracy"] as? Double) > 0.5)
    let seen = try Program.run("sinf", ["inspect", model, "--format", "json"])
    #expect(seen.status == 0)

    // A predictor of other features is refused by name.
    try FileManager.default.removeItem(atPath: folder + "/route.onnx")
    try FileManager.default.copyItem(
      atPath: folder + "/base.onnx", toPath: folder + "/route.onnx")
    let wrong = try workshop.compile(["--tuned", folder, "--clusters", "2"], to: model)
    #expect(wrong.status == 1 && wrong.errors.contains("the tuned route predictor reads"))
  }

  /// A predictor fitted on the thin network's features, as route.onnx.
  private func predictor(_ folder: String) throws {
    let graph = try ONNXImporter.load(path: folder + "/tuned.onnx").graph
    let settings = try #require(
      try JSONSerialization.jsonObject(
        with: Data(contentsOf: URL(fileURLWithPath: folder + "/tune.json"))) as? [String: Any])
    let split = try #require(graph.values.firstIndex { $0.name == settings["split"] as? String })
    let head = try graph.split(at: ValueID(split)).head
    let shape = graph[graph.input].shape
    let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: folder + "/images.npy")))
    let pixels = bytes.dropFirst(10 + Int(bytes[8]) + Int(bytes[9]) << 8)
    let labels = try [UInt8](Data(contentsOf: URL(fileURLWithPath: folder + "/labels.npy")))
      .dropFirst(128)
    let classes = stride(from: labels.startIndex, to: labels.endIndex, by: 4).map {
      Int(labels[$0])
    }
    let input = Tensor(
      count: pixels.count / shape.count, shape: shape, storage: pixels.map { Float($0) / 255 })
    let features = try FloatExecutor(head).run(input)[head.output]!
    var generator = SeededGenerator(seed: 1)
    let fitted = RoutePredictor.fit(
      pooled: try RoutePredictor.pool(features, side: 4), side: 4, labels: classes, classes: 6,
      settings: SoftmaxClassifier.Settings(), generator: &generator)
    try Data(
      ONNXExporter.bytes(of: fitted.graph(reading: features.shape), name: "route")
    ).write(to: URL(fileURLWithPath: folder + "/route.onnx"))
  }
}
