import SINFModel
import Testing

@testable import SINFCompiler

@Suite struct EstimateTests {
  @Test func shareHasItsStandardError() {
    let half = Estimate(right: 50, of: 100)
    #expect(half.value == 0.5 && abs(half.error - 0.0495) < 1e-4)
    #expect(half.percent == "50.0 ± 5.0 %")
    // All right is not certain.
    #expect(Estimate(right: 20, of: 20).error > 0.03)
  }

  @Test func pairsAreSharperThanTwoShares() {
    func answers(_ right: Int) -> [Bool] { (0..<100).map { $0 < right } }
    let gain = Estimate(of: answers(60), over: answers(50))
    #expect(abs(gain.value - 0.1) < 1e-9 && abs(gain.error - 0.0316) < 1e-4)
    #expect(gain.isClear(above: 0.02) && !gain.isClear(above: 0.11))
    #expect(!Estimate(of: answers(59), over: answers(50)).isClear(above: 0.02))
    #expect(Estimate(of: answers(50), over: answers(60)).points == "-10.0 ± 3.2 points")
  }
}

@Suite struct OutputOrderTests {
  private let labels = (0..<120).map { $0 / 20 }

  private func order(_ predictions: [Int], classes: Int = 6) throws -> OutputOrder? {
    let preprocessing = Preprocessing(width: 8, height: 8, channels: 3, colorOrder: .rgb)
    let trial = Trial(
      presentation: Presentation.candidates(for: preprocessing)[0], predictions: predictions,
      isRight: zip(predictions, labels).map { $0 == $1 })
    return OutputOrder(of: trial, labels: labels, classes: classes)
  }

  @Test func nothingIsFoundWhereNamesAreRight() throws {
    #expect(try order(labels) == nil)
    // Half of the answers wrong, all over the place: not another order.
    let weak = labels.indices.map { $0 % 2 == 0 ? labels[$0] : ($0 * 7) % 6 }
    #expect(try order(weak) == nil)
  }

  @Test func anExchangeOfTwoIsFound() throws {
    let swapped = labels.map { $0 == 1 ? 4 : $0 == 4 ? 1 : $0 }
    let order = try #require(try order(swapped))
    #expect(order.accuracy.value == 1 && abs(order.gain.value - 1.0 / 3) < 1e-9)
    #expect(
      order.examples == [
        .init(output: 1, shows: 4, hits: 20, answers: 20),
        .init(output: 4, shows: 1, hits: 20, answers: 20),
      ])
  }

  @Test func lookAlikesWithoutImagesAreNoOrder() throws {
    // Every other picture is named as one of six further classes that there are no pictures of.
    let answers = labels.indices.map { $0 % 2 == 0 ? labels[$0] : labels[$0] + 6 }
    #expect(try order(answers, classes: 12) == nil)
  }

  @Test func guessingIsAmongAllClassesOfTheNetwork() {
    func chance(_ labels: [Int], _ classes: Int) -> Double {
      Preflight.chance(
        LabelledImages(
          width: 1, height: 1, channels: 1, pixels: labels.map { _ in 0 }, labels: labels,
          classNames: (0..<classes).map(String.init),
          sources: labels.indices.map { ImageSource(file: "made", record: $0) }))
    }
    #expect(chance([0, 0, 0, 1], 2) == 0.75 && chance([0, 0, 0, 1], 100) == 0.01)
  }

  @Test func chanceIsNoOrder() throws {
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<50 {
      let drawn = labels.map { _ in generator.below(6) }
      #expect(try order(drawn) == nil)
    }
  }
}

@Suite struct PresentationTests {
  @Test func optionsTurnOneIntoAnother() throws {
    let plain = Preprocessing(width: 8, height: 8, channels: 3, colorOrder: .rgb)
    var other = plain
    other.colorOrder = .bgr
    other.cropPermille = 875
    func shown(_ preset: NormalizationPreset, _ preprocessing: Preprocessing) throws -> Presentation
    {
      Presentation(
        normalization: try #require(preset.normalization(channels: 3)),
        option: "--normalization \(preset.rawValue)", preprocessing: preprocessing)
    }
    let (unit, imagenet) = (try shown(.unit, plain), try shown(.imagenet, other))
    #expect(unit.options == "--normalization unit")
    #expect(imagenet.options == "--normalization imagenet --color-order bgr --crop 0.875")
    #expect(unit.change(from: imagenet) == "--normalization unit --color-order rgb --crop 1")
    #expect(unit.change(from: unit) == "")
    #expect(Presentation.candidates(for: plain).count == 12)
    let grey = Preprocessing(width: 8, height: 8, channels: 1, colorOrder: .grey)
    #expect(
      Presentation.candidates(for: grey).map(\.options) == [
        "--normalization unit", "--normalization bytes", "--normalization centered",
      ])
  }
}
