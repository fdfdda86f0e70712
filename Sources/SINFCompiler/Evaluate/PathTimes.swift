import SINFModel
import SINFRuntime

/// Milliseconds that an image takes on each path through a model, by the shipped runtime in one
/// thread of this machine: medians of some images, features and predictor included.
public struct PathTimes: Sendable, Equatable {
  public var stop: Double = 0
  /// By cluster.
  public var subgraph: [Double] = []
  /// Of a plain model: the network.
  public var whole: Double = 0

  public init(stop: Double = 0, subgraph: [Double] = [], whole: Double = 0) {
    self.stop = stop
    self.subgraph = subgraph
    self.whole = whole
  }

  /// Images a path is run on.
  private static let rounds = 15

  /// - Throws: `EvaluationError` when the file is refused or can't be run on this machine.
  public static func measure(
    _ file: [UInt8], images: LabelledImages, indices: [Int]
  ) throws -> PathTimes {
    let storage = AlignedBytes(file)
    do {
      let model = try Model(validating: storage.bytes)
      var arena = try Arena(bytes: Engine.arenaBytes(for: model))
      var engine = try Engine(model: model, arena: &arena)
      let some = (0..<rounds).compactMap { indices.isEmpty ? nil : indices[$0 % indices.count] }
      func median(_ mode: Mode, threshold: Float? = nil) -> Double {
        let times = some.map { image -> UInt64 in
          images.write(image: image, to: engine.input)
          let outcome = engine.run(mode, threshold: threshold, stopMargin: 0)
          return outcome.featuresNanoseconds + outcome.routeNanoseconds + outcome.restNanoseconds
        }.sorted()
        return times.isEmpty ? 0 : Double(times[times.count / 2]) / 1e6
      }
      guard model.isRouted else {
        _ = median(.whole)
        return PathTimes(whole: median(.whole))
      }
      // The first round warms caches and clock.
      _ = median(.routed)
      return PathTimes(
        stop: median(.stop(1)), subgraph: (0..<model.clusterCount).map { median(.cluster($0)) },
        whole: model.hasWhole ? median(.routed, threshold: .infinity) : 0)
    } catch {
      throw EvaluationError("the model can't be timed on this machine: \(error)")
    }
  }
}

extension ModelRun {
  /// Mean milliseconds of the run's images, each on its way.
  public func meanMilliseconds(
    _ times: PathTimes, threshold: Float = 0, stopMargin: Float = 0
  ) -> Double {
    guard !labels.isEmpty else { return 0 }
    if cluster.isEmpty { return times.whole }
    let sum = labels.indices.reduce(0.0) { sum, i in
      switch path(of: i, threshold: threshold, stopMargin: stopMargin).kind {
      case .stop: sum + times.stop
      case .fallback: sum + times.whole
      default: sum + times.subgraph[cluster[i]]
      }
    }
    return sum / Double(count)
  }
}
