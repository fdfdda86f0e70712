import ONNX
import SINFGraph
import Testing

@testable import ONNXImporter

@Suite struct OperatorTests {
  @Test(arguments: [11, 13, 17, 21]) func aClassifierGivesItsScores(opset: Int) throws {
    var writer = smallClassifier(opset: Int64(opset))
    let network = try writer.load()
    #expect(network.graph.nodes.count == 3)
    #expect(network.inputName == "image" && network.name == "network" && network.opset == opset)
    #expect(!network.hasSoftmax && network.warnings.isEmpty)
    #expect(network.graph.multiplyAccumulates == 5 * 4 * 3 * 18 + 48)

    let parameters = writer.model.graph.initializer.map { tensor in
      tensor.rawData.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }
    let image = Planes(2, 5, 4, writer.random(40))
    let expected = image.convolved(
      parameters[0], parameters[1], kernel: (3, 3), pads: [1, 1, 1, 1]
    ).mapChannels { channel, value in
      let deviation = (parameters[5][channel] + 1e-5).squareRoot()
      return max(
        0,
        (value - parameters[4][channel]) / deviation * parameters[2][channel]
          + parameters[3][channel])
    }.pooled(2, 2, maximum: true).linear(parameters[6], parameters[7])
    #expect(largestDifference(try scores(network.graph, image), expected) < 1e-5)
  }

  /// An image through `nodes` to the value "end" (C x H x W), then flattened and through a matrix.
  private func compare(
    _ end: Planes, of image: Planes, nodes count: Int, _ writer: inout ModelWriter
  ) throws {
    let weights = writer.weights("last", [3, end.numbers.count])
    writer.node("Flatten", ["end"], "flat")
    writer.node("Gemm", ["flat", "last"], "scores", [attribute("transB", 1)])
    let network = try writer.load()
    #expect(network.graph.nodes.count == count)
    let expected = end.linear(weights, [0, 0, 0])
    #expect(largestDifference(try scores(network.graph, image), expected) < 1e-4)
  }

  @Test func groupsStridesAndUnevenPadding() throws {
    var writer = ModelWriter(input: [1, 4, 6, 5])
    let weights = writer.weights("w", [6, 2, 3, 2])
    let bias = writer.weights("b", [6])
    writer.node(
      "Conv", ["image", "w", "b"], "end",
      [
        attribute("group", 2), attribute("strides", [2, 1]), attribute("pads", [0, 1, 2, 0]),
        attribute("kernel_shape", [3, 2]),
      ])
    let image = Planes(4, 6, 5, writer.random(120))
    let end = image.convolved(
      weights, bias, kernel: (3, 2), strides: (2, 1), pads: [0, 1, 2, 0], groups: 2)
    try compare(end, of: image, nodes: 2, &writer)
  }

  /// 6 x 5 with a 4 x 4 kernel in steps of 2: three rows each, paddings of 2 and 3 in all.
  @Test(arguments: [("SAME_UPPER", [1, 1, 1, 2]), ("SAME_LOWER", [1, 2, 1, 1])])
  func automaticPadding(mode: String, pads: [Int]) throws {
    var writer = ModelWriter(input: [nil, 1, 6, 5])
    let weights = writer.weights("w", [2, 1, 4, 4])
    writer.node(
      "Conv", ["image", "w"], "end", [attribute("auto_pad", mode), attribute("strides", [2, 2])])
    let image = Planes(1, 6, 5, writer.random(30))
    let end = image.convolved(weights, [0, 0], kernel: (4, 4), strides: (2, 2), pads: pads)
    try compare(end, of: image, nodes: 2, &writer)
  }

  @Test func branchesAddAndConcatenate() throws {
    var writer = ModelWriter(input: [nil, 2, 4, 4])
    let first = writer.weights("first", [2, 2, 1, 1])
    let second = writer.weights("second", [2, 2, 3, 3])
    writer.integers("none", [])
    writer.weights("six", [], [0.5])
    writer.node("Conv", ["image", "first"], "a")
    writer.node("Conv", ["image", "second"], "b", [attribute("pads", [1, 1, 1, 1])])
    writer.node("Add", ["a", "b"], "sum")
    writer.node("Clip", ["sum", "", "six"], "clipped")
    writer.node("Concat", ["clipped", "image"], "end", [attribute("axis", 1)])
    let image = Planes(2, 4, 4, writer.random(32))
    let a = image.convolved(first, [0, 0], kernel: (1, 1))
    let b = image.convolved(second, [0, 0], kernel: (3, 3), pads: [1, 1, 1, 1])
    let sum = zip(a.numbers, b.numbers).map { min(0.5, $0 + $1) }
    try compare(Planes(4, 4, 4, sum + image.numbers), of: image, nodes: 5, &writer)
  }

  @Test func constantsPerChannelAreScalesAndShifts() throws {
    var writer = ModelWriter(input: [nil, 2, 3, 3])
    let mean = writer.weights("mean", [1, 2, 1, 1])
    writer.weights("deviation", [2, 1, 1], [0.5, 2])
    let weights = writer.weights("w", [2, 2, 1, 1])
    writer.node("Sub", ["image", "mean"], "centred")
    writer.node("Div", ["centred", "deviation"], "normal")
    writer.node("Conv", ["normal", "w"], "end")
    let image = Planes(2, 3, 3, writer.random(18))
    let end = image.mapChannels { ($1 - mean[$0]) / ($0 == 0 ? 0.5 : 2) }
      .convolved(weights, [0, 0], kernel: (1, 1))
    try compare(end, of: image, nodes: 2, &writer)
  }

  @Test(arguments: [(11, 0), (17, 1), (18, 0), (21, 1)])
  func meanOverSpace(opset: Int, keepdims: Int) throws {
    var writer = ModelWriter(input: [nil, 3, 4, 2], opset: Int64(opset))
    let weights = writer.weights("w", [3, 2])
    let bias = writer.weights("b", [2])
    writer.integers("axes", [2, -1])
    var attributes = [attribute("keepdims", keepdims)]
    if opset < 18 { attributes.append(attribute("axes", [2, -1])) }
    writer.node("ReduceMean", opset < 18 ? ["image"] : ["image", "axes"], "mean", attributes)
    writer.node("Flatten", ["mean"], "flat")
    writer.node("MatMul", ["flat", "w"], "product")
    writer.node("Add", ["b", "product"], "sum")
    writer.node("Softmax", ["sum"], "probabilities", [attribute("axis", 1)])
    let network = try writer.load()
    #expect(network.hasSoftmax && network.graph.nodes.count == 2)
    let image = Planes(3, 4, 2, writer.random(24))
    let transposed = (0..<6).map { weights[$0 % 3 * 2 + $0 / 3] }
    let expected = Planes(
      3, 1, 1, (0..<3).map { image.numbers[$0 * 8..<$0 * 8 + 8].reduce(0, +) / 8 }
    ).linear(transposed, bias)
    #expect(largestDifference(try scores(network.graph, image), expected) < 1e-5)
  }

  @Test func shapesAreComputedAtImport() throws {
    var writer = smallClassifier()
    writer.model.graph.node.removeLast(2)
    writer.model.graph.initializer.append(
      .with {
        $0.name = "zero"
        $0.dataType = 7
        $0.int64Data = [0]
      })
    writer.integers("rest", [-1])
    writer.node("Shape", ["pool"], "shape")
    writer.node("Gather", ["shape", "zero"], "batch")
    writer.integers("front", [0])
    writer.node("Unsqueeze", ["batch", "front"], "list")
    writer.node("Concat", ["list", "rest"], "target", [attribute("axis", 0)])
    writer.node("Reshape", ["pool", "target"], "flat")
    writer.node(
      "Gemm", ["flat", "linear.weight", "linear.bias"], "scores", [attribute("transB", 1)])
    let image = Planes(2, 5, 4, writer.random(40))
    let found = try scores(try writer.load().graph, image)
    #expect(found == (try scores(try smallClassifier().load().graph, image)))
  }

  @Test func typesOfWeights() throws {
    let values: [Float] = [0.5, -2, 3, 0.25]
    let plain = ModelWriter(input: [nil, 2])
    func load(_ fill: (inout Onnx_TensorProto) -> Void) throws -> [Float] {
      var writer = plain
      var tensor = Onnx_TensorProto()
      tensor.name = "w"
      tensor.dims = [2, 2]
      fill(&tensor)
      writer.model.graph.initializer = [tensor]
      writer.node("Gemm", ["image", "w"], "scores", [attribute("transB", 1)])
      guard case .convolution(let conv) = try writer.load().graph.nodes[0].operation else {
        return []
      }
      return conv.weights
    }
    #expect(
      try load {
        $0.dataType = 1
        $0.floatData = values
      } == values)
    #expect(
      try load {
        $0.dataType = 11
        $0.doubleData = values.map(Double.init)
      } == values)
    #expect(
      try load {
        $0.dataType = 10
        $0.int32Data = values.map { Int32(Float16($0).bitPattern) }
      } == values)
    #expect(
      try load { tensor in
        tensor.dataType = 10
        for value in values {
          withUnsafeBytes(of: Float16(value).bitPattern.littleEndian) {
            tensor.rawData.append(contentsOf: $0)
          }
        }
      } == values)
  }

  @Test func whatTheOutputDoesNotNeedIsLeftOut() throws {
    var writer = smallClassifier()
    writer.node("Erf", ["conv"], "unused")
    writer.model.graph.output = [.with { $0.name = "scores" }, .with { $0.name = "unused" }]
    let network = try writer.load()
    #expect(network.graph.nodes.count == 3 && network.warnings.count == 2)
  }
}
