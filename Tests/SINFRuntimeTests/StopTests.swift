import CKernels
import SINFModel
import SINFModelWriter
import SINFRuntime
import Testing

/// Answers at the route predictor.
@Suite struct StopTests {
  private let pictures = [
    Picture(200, 20, 20), Picture(10, 190, 30), Picture(0, 0, 255), Picture(255, 255, 255),
    Picture(bytes: [1, 2, 3, 250, 5, 6, 7, 8, 9, 10, 11, 12]),
  ]

  /// The predictor of `ColorModel` gives both classes of a cluster one score, so its first two always
  /// tie; this one tells them apart.
  private func model(margin: Float, hasWhole: Bool = true) throws -> FileMemory {
    var model = ColorModel(threshold: 0.5, scoreWeight: 0.25, hasWhole: hasWhole)
    model.inverseTemperature = 0.5
    var description = model.description
    description.route!.stopMargin = margin
    guard
      case .convolution(var scores, let input, let output) = description.programs[1].operations[0]
    else {
      Issue.record("the predictor is not a convolution")
      return FileMemory([])
    }
    scores.bias = [400, 300, 200, 0, 0, 0]
    description.programs[1].operations[0] = .convolution(scores, input: input, output: output)
    return FileMemory(try ModelWriter.bytes(for: description))
  }

  private func scores(_ picture: Picture) -> [Float] {
    let sums = picture.colorSums
    return zip([0, 1, 2, 0, 1, 2], [400, 300, 200, 0, 0, 0]).map {
      Float(sums[$0] + $1) * ColorModel.routeScale
    }
  }

  private func margin(_ picture: Picture) -> Double {
    let sorted = softmax(scores(picture).map { Double($0) * 0.5 }).sorted(by: >)
    return sorted[0] - sorted[1]
  }

  @Test func sureImagesStopAndOthersGoOn() throws {
    let margins = pictures.map(margin).sorted()
    let wanted = Float((margins[1] + margins[2]) / 2)
    let file = try model(margin: wanted), never = try model(margin: 0)
    var arena = try Arena(bytes: 4096), otherArena = try Arena(bytes: 4096)
    var engine = try Engine(model: file.model, arena: &arena)
    var other = try Engine(model: never.model, arena: &otherArena)
    var stops = 0
    for picture in pictures {
      load(picture, into: engine)
      let outcome = engine.run(.routed)
      #expect(abs(Double(outcome.margin) - margin(picture)) < 1e-6)
      let found = answer(engine: &engine, outcome, top: 6)
      let through = answer(&other, picture)
      #expect(through.path != .stop)
      if margin(picture) >= Double(wanted) {
        stops += 1
        #expect(found.path == .stop && outcome.stop == 1)
        #expect(found.macs == 36 + 72 && outcome.restNanoseconds == 0)
        #expect(found.cluster == through.cluster && found.confidence == through.confidence)
        #expect(found.rows == nil && found.logits == scores(picture).map { $0 * 0.5 })
        let probabilities = softmax(scores(picture).map { Double($0) * 0.5 })
        #expect(abs(Double(found.ranked[0].probability) - probabilities.max()!) < 1e-6)
      } else {
        #expect(found == through && outcome.stop == nil)
      }
    }
    #expect(stops == 3)
    withExtendedLifetime((file, never)) {}
  }

  @Test func marginReachedExactlyIsReached() throws {
    let file = try model(margin: 1)
    var arena = try Arena(bytes: 4096)
    var engine = try Engine(model: file.model, arena: &arena)
    for picture in pictures {
      load(picture, into: engine)
      let margin = engine.run(.routed, stopMargin: 0).margin
      for (wanted, stops) in [(margin, true), (margin.nextUp, false), (0, false), (.nan, false)] {
        load(picture, into: engine)
        #expect((engine.run(.routed, stopMargin: wanted).path == .stop) == stops)
      }
    }
    withExtendedLifetime(file) {}
  }

  @Test func askedForAStopEveryImageStops() throws {
    let file = try model(margin: 0, hasWhole: false)
    var arena = try Arena(bytes: 4096)
    var engine = try Engine(model: file.model, arena: &arena)
    for picture in pictures {
      let found = answer(&engine, picture, .stop(1))
      #expect(found.path == .stop && found.macs == 36 + 72)
      #expect(found.logits == scores(picture).map { $0 * 0.5 })
      #expect(Array(engine.routeScores) == scores(picture))
    }
    withExtendedLifetime(file) {}
  }

  /// A stop leaves nothing behind that the next image could see.
  @Test func runsAfterAStopAreTheSame() throws {
    let file = try model(margin: Float(pictures.map(margin).sorted()[2]))
    var arena = try Arena(bytes: 4096)
    var engine = try Engine(model: file.model, arena: &arena)
    let first = pictures.map { answer(&engine, $0) }
    for (picture, expected) in zip(pictures, first).reversed() {
      _ = answer(&engine, pictures[2], .stop(1))
      #expect(answer(&engine, picture, filling: 3) == expected)
    }
    withExtendedLifetime(file) {}
  }

  @Test func everyInstructionSetStopsAlike() throws {
    let file = try model(margin: Float(pictures.map(margin).sorted()[2]))
    var expected: [Answer]?
    for index in 0..<Engine.instructionSetCount {
      var arena = try Arena(bytes: 4096)
      var engine = try Engine(
        model: file.model, arena: &arena, instructionSet: Engine.instructionSet(at: index))
      let found = pictures.map { answer(&engine, $0) }
      #expect(expected == nil || expected == found)
      #expect(found.contains { $0.path == .stop } && found.contains { $0.path != .stop })
      expected = found
    }
    withExtendedLifetime(file) {}
  }
}
