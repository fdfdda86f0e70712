import CKernels
import SINFModel
import SINFModelWriter
import SINFRuntime
import Testing

@Suite struct EngineTests {
  private let pictures = [
    Picture(200, 20, 20), Picture(10, 190, 30), Picture(0, 0, 255), Picture(255, 255, 255),
    Picture(bytes: [1, 2, 3, 250, 5, 6, 7, 8, 9, 10, 11, 12]),
  ]

  @Test func routedRunTakesTheBestCluster() throws {
    let file = try FileMemory(ColorModel(threshold: 0))
    var arena = try Arena(bytes: 4096)
    var engine = try Engine(model: file.model, arena: &arena)
    for picture in pictures {
      let probabilities = ColorModel(threshold: 0).route(picture)
      let best = probabilities.firstIndex(of: probabilities.max()!)!
      let found = answer(&engine, picture)
      #expect(found.path == .subgraph)
      #expect(found.cluster == best)
      #expect(abs(Double(found.confidence) - probabilities[best]) < 1e-6)
      #expect(found.rows == ColorModel.rows[best])
      #expect(found.logits == ColorModel.logits(of: ColorModel.rows[best], picture))
      // Features 36, route 72, subgraph 12 a row.
      #expect(found.macs == UInt64(36 + 72 + 12 * ColorModel.rows[best].count))
    }
  }

  /// All clusters equally probable: the lowest one wins.
  @Test func tiedClustersGiveTheLowest() throws {
    let file = try FileMemory(ColorModel(threshold: 0.3))
    var arena = try Arena(bytes: 4096)
    var engine = try Engine(model: file.model, arena: &arena)
    let found = answer(&engine, Picture(90, 90, 90))
    #expect(found.cluster == 0)
    #expect(found.confidence == 1 / Float(3))
    #expect(found.path == .subgraph)
  }

  @Test func untrustedRoutesFallBackToTheWholeNetwork() throws {
    let file = try FileMemory(ColorModel(threshold: 0.5))
    var arena = try Arena(bytes: 4096)
    var engine = try Engine(model: file.model, arena: &arena)
    for picture in pictures {
      let best = ColorModel().route(picture).max()!
      let found = answer(&engine, picture)
      #expect(found.path == (best >= 0.5 ? .subgraph : .fallback))
      if found.path == .fallback {
        #expect(found.rows == nil)
        #expect(found.logits == ColorModel.logits(of: Array(0..<6), picture))
        #expect(found.macs == 36 + 72 + 72)
        #expect(found.cluster >= 0)
      }
    }
  }

  /// The predictor's class scores are added, weighted, whatever path the image takes.
  @Test func scoresOfThePredictorAreAdded() throws {
    let weight: Float = 0.25
    let file = try FileMemory(ColorModel(threshold: 0.5, scoreWeight: weight))
    var arena = try Arena(bytes: 4096)
    var engine = try Engine(model: file.model, arena: &arena)
    for picture in pictures {
      func expected(_ classes: [Int]) -> [Float] {
        zip(ColorModel.logits(of: classes, picture), classes).map { logit, index in
          logit + Float(picture.colorSums[index % 3]) * ColorModel.routeScale * weight
        }
      }
      let found = answer(&engine, picture)
      #expect(found.logits == expected(found.rows ?? Array(0..<6)))
      #expect(answer(&engine, picture, .cluster(1)).logits == expected(ColorModel.rows[1]))
      #expect(answer(&engine, picture, threshold: 2).logits == expected(Array(0..<6)))
      #expect(
        answer(&engine, picture, .whole).logits
          == ColorModel.logits(of: Array(0..<6), picture))
    }
  }

  @Test func thresholdOfTheCallWins() throws {
    let file = try FileMemory(ColorModel(threshold: 0.5))
    var arena = try Arena(bytes: 4096)
    var engine = try Engine(model: file.model, arena: &arena)
    for picture in pictures {
      #expect(answer(&engine, picture, threshold: 0).path == .subgraph)
      #expect(answer(&engine, picture, threshold: -1).path == .subgraph)
      #expect(answer(&engine, picture, threshold: 1.5).path == .fallback)
      #expect(answer(&engine, picture, threshold: .nan).path == .fallback)
    }
    // Reached exactly is reached.
    let confidence = answer(&engine, pictures[4]).confidence
    #expect(answer(&engine, pictures[4], threshold: confidence).path == .subgraph)
    #expect(answer(&engine, pictures[4], threshold: confidence.nextUp).path == .fallback)
  }

  @Test func forcedClustersSkipTheRoute() throws {
    let file = try FileMemory(ColorModel())
    var arena = try Arena(bytes: 4096)
    var engine = try Engine(model: file.model, arena: &arena)
    for cluster in 0..<3 {
      let found = answer(&engine, pictures[4], .cluster(cluster))
      #expect(found.path == .subgraph)
      #expect(found.cluster == cluster)
      #expect(found.confidence == 0)
      #expect(found.logits == ColorModel.logits(of: ColorModel.rows[cluster], pictures[4]))
      #expect(found.macs == UInt64(36 + 12 * ColorModel.rows[cluster].count))
    }
  }

  @Test func wholeRunsTheRestBehindTheFeatures() throws {
    let file = try FileMemory(ColorModel())
    var arena = try Arena(bytes: 4096)
    var engine = try Engine(model: file.model, arena: &arena)
    for picture in pictures {
      let found = answer(&engine, picture, .whole)
      #expect(found.path == .whole)
      #expect(found.cluster == -1)
      #expect(found.rows == nil)
      #expect(found.logits == ColorModel.logits(of: Array(0..<6), picture))
      #expect(found.macs == 36 + 72)
    }
  }

  @Test func withoutAWholeNetworkEveryRouteIsTaken() throws {
    let file = try FileMemory(ColorModel(threshold: 0.99, hasWhole: false))
    let model = try file.model
    #expect(!model.hasWhole)
    var arena = try Arena(bytes: 4096)
    var engine = try Engine(model: model, arena: &arena)
    for picture in pictures {
      #expect(answer(&engine, picture, threshold: 2).path == .subgraph)
    }
  }

  @Test func plainModelsRunWhole() throws {
    let file = try FileMemory(ColorModel(isPlain: true))
    var arena = try Arena(bytes: 4096)
    var engine = try Engine(model: file.model, arena: &arena)
    for mode in [Mode.routed, .whole] {
      for picture in pictures {
        let found = answer(&engine, picture, mode)
        #expect(found.path == .whole)
        #expect(found.cluster == -1)
        #expect(found.logits == ColorModel.logits(of: Array(0..<6), picture))
        #expect(found.macs == 72)
      }
    }
  }

  /// One image leaves nothing behind that the next could see.
  @Test func runsDoNotDependOnTheirHistory() throws {
    let file = try FileMemory(ColorModel())
    var arena = try Arena(bytes: 4096)
    var engine = try Engine(model: file.model, arena: &arena)
    var fresh: [Answer] = []
    for picture in pictures {
      var otherArena = try Arena(bytes: 4096)
      var other = try Engine(model: file.model, arena: &otherArena)
      fresh.append(answer(&other, picture))
    }
    for _ in 0..<3 {
      for (picture, expected) in zip(pictures, fresh).reversed() {
        _ = answer(&engine, picture, .whole)
        #expect(answer(&engine, picture, filling: 0x11) == expected)
      }
    }
  }

  @Test func everyInstructionSetGivesTheSameAnswer() throws {
    let file = try FileMemory(ColorModel())
    var expected: [Answer]?
    let names = (0..<ck_kernels_count()).map { String(cString: ck_kernels_at($0)!.pointee.isa) }
    #expect(names.starts(with: ["reference", "portable"]))
    for name in names {
      var arena = try Arena(bytes: 4096)
      var engine = try Engine(model: file.model, arena: &arena, instructionSet: name)
      #expect(String(cString: engine.instructionSet) == name)
      let found = pictures.map { answer(&engine, $0) }
      #expect(expected == nil || expected == found, "\(name)")
      expected = found
    }
  }

  @Test func unknownInstructionSetsAreRefused() throws {
    let file = try FileMemory(ColorModel())
    let model = try file.model
    var arena = try Arena(bytes: 4096)
    do throws(RuntimeError) {
      _ = try Engine(model: model, arena: &arena, instructionSet: "6502")
      Issue.record("accepted")
    } catch {
      #expect(error == .instructionSetUnavailable)
    }
    #expect(arena.used == 0)
  }

  @Test func timesAddUp() throws {
    let file = try FileMemory(ColorModel(threshold: 0))
    var arena = try Arena(bytes: 4096)
    var engine = try Engine(model: file.model, arena: &arena)
    load(pictures[0], into: engine)
    let routed = engine.run(.routed)
    #expect(routed.featuresNanoseconds > 0)
    #expect(routed.routeNanoseconds > 0)
    #expect(routed.restNanoseconds > 0)
    load(pictures[0], into: engine)
    let forced = engine.run(.cluster(1))
    #expect(forced.routeNanoseconds == 0)
    #expect(forced.restNanoseconds > 0)
  }

  @Test func inputIsTheImageTensor() throws {
    let file = try FileMemory(ColorModel())
    var arena = try Arena(bytes: 4096)
    let engine = try Engine(model: file.model, arena: &arena)
    #expect(engine.inputBytes == 16)
    #expect(UInt(bitPattern: engine.input) % 64 == 0)
  }
}
