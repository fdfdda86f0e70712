import SINFCompiler
import Testing

@Suite struct DataSplitTests {
  private func images(_ perClass: [Int], testPerClass: [Int] = []) -> LabelledImages {
    let own = perClass.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element) }
    let test = testPerClass.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element) }
    let labels = own + test
    return LabelledImages(
      width: 1, height: 1, channels: 1, pixels: [UInt8](repeating: 0, count: labels.count),
      labels: labels, classNames: perClass.indices.map { "c\($0)" },
      sources: labels.indices.map { ImageSource(file: "f", record: $0) },
      testPart: own.count..<labels.count)
  }

  @Test func partsAreDisjointAndComplete() {
    let data = images([40, 13, 3, 1])
    let split = DataSplit(of: data, seed: 5)
    let all = split.fit + split.validation + split.test
    #expect(Set(all).count == all.count && Set(all) == Set(0..<57))
    // Shares hold class by class.
    #expect(split.test.count { data.labels[$0] == 0 } == 10)
    #expect(split.validation.count { data.labels[$0] == 0 } == 6)
    #expect(split.fit.contains { data.labels[$0] == 3 })
  }

  @Test func publishedTestPartIsHalved() {
    let data = images([20, 20, 20], testPerClass: [10, 7, 5])
    let split = DataSplit(of: data, seed: 1)
    #expect(split.fit == Array(0..<60))
    #expect((split.validation + split.test).sorted() == Array(60..<82))
    #expect(split.validation.count == 11 && split.test.count == 11)
    #expect(split.validation.count { data.labels[$0] == 0 } == 5)
  }

  @Test func seedDecides() {
    let data = images([50, 50], testPerClass: [50, 50])
    #expect(DataSplit(of: data, seed: 3) == DataSplit(of: data, seed: 3))
    #expect(DataSplit(of: data, seed: 3).test != DataSplit(of: data, seed: 4).test)
    let limited = DataSplit(of: data, seed: 3, rule: SplitRule(fitImagesPerClass: 8))
    #expect(limited.fit.count == 16)
    #expect(limited.test == DataSplit(of: data, seed: 3).test)
  }

  @Test func samplesAreBalanced() {
    let data = images([50, 5, 50])
    let sample = DataSplit.sample(31, of: Array(0..<105), in: data, seed: 2)
    #expect(sample.count == 31 && Set(sample).count == 31)
    #expect(sample.count { data.labels[$0] == 1 } == 5)
    #expect(sample.count { data.labels[$0] == 0 } == 13)
    #expect(DataSplit.sample(1000, of: [3, 4], in: data, seed: 2) == [3, 4])
  }

  /// The sequence, on which every split of every released model depends, is that of other
  /// implementations of xoshiro256** seeded by SplitMix64.
  @Test func generatorNeverChanges() {
    var generator = SeededGenerator(seed: 42)
    let first = (0..<3).map { _ in generator.next() }
    #expect(first == [0x15780B2E0C2EC716, 0x6104D9866D113A7E, 0xAE17533239E499A1])
    var draws = SeededGenerator(seed: 1, purpose: "test")
    let counts = (0..<6000).reduce(into: [Int](repeating: 0, count: 6)) { counts, _ in
      counts[draws.below(6)] += 1
    }
    #expect(counts.allSatisfy { (880...1120).contains($0) })
    let normals = (0..<4000).map { _ in draws.normal() }
    let mean = normals.reduce(0, +) / 4000
    let variance = normals.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4000
    #expect(abs(mean) < 0.06 && abs(variance - 1) < 0.08)
  }

  @Test func normalisationIsTheFormula() throws {
    let normalization = try InputNormalization(mean: [0.5, 0.1, 0.9], std: [0.2, 0.3, 0.4])
    let bytes: [UInt8] = [0, 128, 255, 7, 8, 9]
    for (i, value) in normalization.apply(bytes).enumerated() {
      let c = i % 3
      let exact = (Float(bytes[i]) * (1 / 255) - normalization.mean[c]) / normalization.std[c]
      #expect(value == exact)
    }
    #expect(throws: DatasetError.self) { try InputNormalization(mean: [0.5, 0.5], std: [1, 1]) }
    #expect(throws: DatasetError.self) { try InputNormalization(mean: [0], std: [0]) }
  }

  @Test func imagesGoToTheEngineWithFourBytesAPixel() {
    var data = images([1])
    data.width = 2
    data.channels = 3
    data.pixels = [1, 2, 3, 4, 5, 6]
    var input = [UInt8](repeating: 9, count: 8)
    input.withUnsafeMutableBufferPointer { data.write(image: 0, to: $0.baseAddress!) }
    #expect(input == [1, 2, 3, 0, 4, 5, 6, 0])
  }
}
