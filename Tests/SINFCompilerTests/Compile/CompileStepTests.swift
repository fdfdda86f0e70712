import Foundation
import SINFGraph
import Testing

@testable import SINFCompiler

/// The smaller steps of a compilation.
@Suite struct CompileStepTests {
  /// Scores whose softmax, times a factor, is the chance of being right.
  @Test(arguments: [0.5, 1.0, 2.0] as [Float])
  func temperatureIsFound(factor: Float) {
    var generator = SeededGenerator(seed: 21)
    var logits: [Float] = [], labels: [Int] = []
    for _ in 0..<4_000 {
      let scores = (0..<3).map { _ in 1.5 * generator.normal() }
      var chances = scores
      softmaxRows(&chances, columns: 3)
      let drawn = generator.unitFloat()
      labels.append(drawn < chances[0] ? 0 : drawn < chances[0] + chances[1] ? 1 : 2)
      logits += scores.map { $0 / factor }
    }
    let found = Calibrating.inverseTemperature(logits, labels: labels, classes: 3)
    #expect(abs(found / factor - 1) < 0.1)
  }

  @Test func rowsAreTakenThroughWhatFollows() throws {
    var builder = GraphBuilder(height: 4, width: 4, channels: 3, seed: 22)
    let graph = builder.classifier(builder.conv(ValueID(0), 6), classes: 5)
    // The same network with the linear layer before the mean over space.
    var late = GraphBuilder(height: 4, width: 4, channels: 3, seed: 22)
    let scores = late.conv(late.conv(ValueID(0), 6), 5, kernel: 1, activation: .none)
    let mean = late.append(
      "mean", .globalAveragePool, [scores], Shape(height: 1, width: 1, channels: 5))
    let images = builder.images(3)
    for network in [graph, late.graph(output: mean)] {
      let rows = [3, 0, 4]
      let all = try FloatExecutor(network).run(images)[network.output]!
      let part = try network.selectingOutputs(rows)
      #expect(part[part.output].shape.channels == 3)
      let some = try FloatExecutor(part).run(images)[part.output]!
      for image in 0..<3 {
        for (position, row) in rows.enumerated() {
          let difference = some.storage[image * 3 + position] - all.storage[image * 5 + row]
          #expect(abs(difference) < 1e-5)
        }
      }
    }
  }

  @Test func rowsOfASumAreRefused() {
    var builder = GraphBuilder(height: 4, width: 4, channels: 3, seed: 23)
    let a = builder.head(ValueID(0), classes: 4), b = builder.head(ValueID(0), classes: 4)
    let graph = builder.graph(output: builder.add(a, b))
    #expect(throws: LoweringError.self) { try graph.selectingOutputs([0]) }
  }

  @Test func digestIsSHA256OfLengthsAndBytes() {
    var digest = InputDigest()
    digest.add(Array("abc".utf8))
    // SHA-256 of 03 00 00 00 00 00 00 00 61 62 63.
    let hex = digest.finish().map { String(format: "%02x", $0) }.joined()
    #expect(hex == "ce91dc5eec0139adf091900d225971d6ad246a845bad791b5693a9d0d55dd391")
    func sum(_ parts: [[UInt8]]) -> [UInt8] {
      var digest = InputDigest()
      for part in parts { digest.add(part) }
      return digest.finish()
    }
    #expect(sum([[1, 2], [3]]) != sum([[1], [2, 3]]))
    #expect(sum([[]]) != sum([]) && sum([]).count == 32)
  }

  @Test func splitsThatLeaveNothingAreRefused() {
    func problem(_ perClass: [Int]) -> String? {
      let labels = perClass.enumerated().flatMap { [Int](repeating: $0, count: $1) }
      let images = LabelledImages(
        width: 1, height: 1, channels: 1, pixels: [UInt8](repeating: 0, count: labels.count),
        labels: labels, classNames: perClass.indices.map { "c\($0)" },
        sources: labels.indices.map { ImageSource(file: "made", record: $0) })
      do {
        try DataSplit(of: images, seed: 1).checkParts(of: images, path: "d")
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(problem([3, 3]) == nil)
    #expect(
      problem([5, 0])?.hasPrefix("d: shows 1 of the network's 2 classes (none of 'c1')") == true)
    #expect(problem([2, 2])?.hasPrefix("d: 4 images of 2 classes leave none for choosing") == true)
  }

  @Test func clustersAreNamedByTheirMostTypicalMembers() {
    // Class 3 is like all others of its five, class 0 hardly like any; 5 and 6 are a pair.
    var similarity = [Double](repeating: 0, count: 49)
    func set(_ i: Int, _ j: Int, _ value: Double) {
      similarity[i * 7 + j] = value
      similarity[j * 7 + i] = value
    }
    for i in 0..<5 { for j in 0..<i { set(i, j, 0.3) } }
    for j in [0, 1, 2, 4] { set(3, j, 0.6) }
    set(2, 4, 0.5)
    set(2, 1, 0.4)
    set(5, 6, 0.9)
    let map = ClusterMap.automatic(
      similarity: similarity, classNames: ["a", "b", "c", "d", "e", "f", "g"], count: 2)
    #expect(map.clusterOfClass == [0, 0, 0, 0, 0, 1, 1])
    #expect(map.names == ["d, c, e, ...", "f, g"])
  }
}
