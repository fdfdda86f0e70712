import Dispatch
import SINFModel
import SINFRuntime

/// What the shipped runtime says of every image of a part, on each path that an image can take.
/// One entry an image, in the order given.
public struct ModelRun: Sendable {
  /// True class.
  public var labels: [Int]
  /// Most probable cluster and its probability; empty for a plain model.
  public var cluster: [Int]
  public var confidence: [Float]
  /// Class by the route predictor's own scores, and by how much the probabilities of its first two
  /// classes differ; empty for a plain model.
  public var stopClass: [Int] = []
  public var margin: [Float] = []
  /// Class by the subgraph of that cluster.
  public var routedClass: [Int]
  /// Class by the subgraph of the cluster that the label belongs to.
  public var oracleClass: [Int]
  /// Class by the fallback, or by a plain model; empty when the model has no whole network.
  public var wholeClass: [Int]
  /// Probabilities of `stopClass`, `routedClass` and `wholeClass`.
  public var stopShare: [Float] = []
  public var routedShare: [Float] = []
  public var wholeShare: [Float] = []
  /// Multiply-accumulates an image costs on each path, predictor included.
  public var cost: PathCosts

  public var count: Int { labels.count }
}

/// Multiply-accumulates of the paths through a model, the common layers and the route predictor
/// included.
public struct PathCosts: Sendable, Equatable {
  /// Features and predictor alone.
  public var stop = 0
  /// By cluster.
  public var subgraph: [Int]
  /// Features, predictor, then the whole network's rest. Plain model: the network.
  public var whole: Int
}

/// Why images could not be run through a model.
public struct EvaluationError: Error, CustomStringConvertible {
  public var problem: String
  public var description: String { problem }
  public init(_ problem: String) { self.problem = problem }
}

extension ModelRun {
  /// Runs `indices` of `images` through a model file's bytes, every other image on a thread of its
  /// own. Without `oracle`, classes by the cluster of the label stay -1.
  ///
  /// Throws `EvaluationError` when the file is refused, was made for other images, or can't be run
  /// on this machine.
  public static func run(
    _ file: [UInt8], images: LabelledImages, indices: [Int], oracle: Bool = true,
    progress: @escaping @Sendable (Double) -> Void = { _ in }
  ) throws -> ModelRun {
    let storage = AlignedBytes(file)
    let model: Model
    do throws(ModelError) { model = try Model(validating: storage.bytes) } catch {
      throw EvaluationError("the model file is refused: \(error)")
    }
    let expected = model.preprocessing
    guard
      Int(expected.width) == images.width && Int(expected.height) == images.height
        && Int(expected.channels) == images.channels
    else {
      throw EvaluationError(
        "the model takes \(expected.width)x\(expected.height)x\(expected.channels) images, "
          + "these are \(images.width)x\(images.height)x\(images.channels)")
    }
    guard model.classCount == images.classCount else {
      throw EvaluationError(
        "the model names \(model.classCount) classes, the images have \(images.classCount)")
    }
    let clusterOfClass = model.clusterOfClass
    let rows = UnsafeMutablePointer<Row>.allocate(capacity: indices.count)
    rows.initialize(repeating: Row(), count: indices.count)
    defer { rows.deallocate() }
    let results = RowBuffer(base: rows)
    let workers = 2
    let done = Progress(total: indices.count, report: progress)
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      do {
        let model = try Model(validating: storage.bytes)
        // The arena holds the model's tensors and nothing else.
        var arena = try Arena(bytes: Engine.arenaBytes(for: model))
        var engine = try Engine(model: model, arena: &arena)
        for position in stride(from: worker, to: indices.count, by: workers) {
          let image = indices[position]
          let label = images.labels[image]
          results.base[position] = Row.of(
            &engine, model: model, images: images, image: image,
            ownCluster: oracle ? clusterOfClass[label] : nil)
          done.advance()
        }
      } catch {
        done.fail(error)
      }
    }
    if let error = done.failure {
      throw EvaluationError("the model can't be run on this machine: \(error)")
    }
    return assemble(rows: rows, model: model, labels: indices.map { images.labels[$0] })
  }

  private static func assemble(
    rows: UnsafeMutablePointer<Row>, model: Model, labels: [Int]
  ) -> ModelRun {
    let all = UnsafeBufferPointer(start: rows, count: labels.count)
    let routed = model.isRouted
    return ModelRun(
      labels: labels, cluster: routed ? all.map(\.cluster) : [],
      confidence: routed ? all.map(\.confidence) : [],
      stopClass: routed ? all.map(\.stopClass) : [], margin: routed ? all.map(\.margin) : [],
      routedClass: routed ? all.map(\.routedClass) : [],
      oracleClass: routed ? all.map(\.oracleClass) : [],
      wholeClass: model.hasWhole || !routed ? all.map(\.wholeClass) : [],
      stopShare: routed ? all.map(\.stopShare) : [],
      routedShare: routed ? all.map(\.routedShare) : [],
      wholeShare: model.hasWhole || !routed ? all.map(\.wholeShare) : [], cost: model.pathCosts)
  }
}

/// The answers for one image.
private struct Row {
  var cluster = -1
  var confidence: Float = 0
  var stopClass = -1
  var margin: Float = 0
  var routedClass = -1
  var oracleClass = -1
  var wholeClass = -1
  var stopShare: Float = 0
  var routedShare: Float = 0
  var wholeShare: Float = 0

  static func of(
    _ engine: inout Engine, model: Model, images: LabelledImages, image: Int, ownCluster: Int?
  ) -> Row {
    var row = Row()
    func best(_ engine: inout Engine) -> (index: Int, share: Float) {
      withUnsafeTemporaryAllocation(of: Ranked.self, capacity: 1) { ranked in
        ranked.initialize(repeating: Ranked(classIndex: -1, probability: 0))
        return engine.top(1, into: ranked) == 1
          ? (ranked[0].classIndex, ranked[0].probability) : (-1, 0)
      }
    }
    if model.isRouted {
      images.write(image: image, to: engine.input)
      row.margin = engine.run(.stop(1)).margin
      (row.stopClass, row.stopShare) = best(&engine)
      images.write(image: image, to: engine.input)
      let outcome = engine.run(.routed, threshold: 0, stopMargin: 0)
      row.cluster = outcome.cluster ?? -1
      row.confidence = outcome.routeConfidence ?? 0
      (row.routedClass, row.routedShare) = best(&engine)
      if let ownCluster {
        if ownCluster == outcome.cluster {
          row.oracleClass = row.routedClass
        } else {
          images.write(image: image, to: engine.input)
          _ = engine.run(.cluster(ownCluster))
          row.oracleClass = best(&engine).index
        }
      }
    }
    if model.hasWhole || !model.isRouted {
      images.write(image: image, to: engine.input)
      // In a routed model as the fallback runs it, predictor included.
      _ = engine.run(.routed, threshold: .infinity, stopMargin: 0)
      (row.wholeClass, row.wholeShare) = best(&engine)
    }
    return row
  }
}

extension Model {
  /// Cluster of each class.
  var clusterOfClass: [Int] {
    var result = [Int](repeating: -1, count: classCount)
    for cluster in 0..<clusterCount {
      for c in clusterMembers(cluster) { result[Int(c)] = cluster }
    }
    return result
  }

  /// Multiply-accumulates of every path.
  public var pathCosts: PathCosts {
    func cost(_ kind: ProgramKind, _ cluster: Int = 0) -> Int {
      program(kind, cluster: cluster).map { Int($0.multiplyAccumulates) } ?? 0
    }
    let shared = cost(.features) + cost(.route)
    return PathCosts(
      stop: shared, subgraph: (0..<clusterCount).map { shared + cost(.subgraph, $0) },
      whole: shared + cost(.whole))
  }
}

/// A copy of a file's bytes at an address that the reader accepts.
final class AlignedBytes: Sendable {
  /// Never written after initialisation.
  nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

  init(_ file: [UInt8]) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(file.count, 1), alignment: 64)
    copy.copyBytes(from: file)
    bytes = UnsafeRawBufferPointer(rebasing: copy[..<file.count])
  }

  deinit { bytes.deallocate() }
}

/// Workers write disjoint rows.
private struct RowBuffer: @unchecked Sendable { let base: UnsafeMutablePointer<Row> }

/// Counts images over all workers, reports now and then, and keeps the first failure.
private final class Progress: @unchecked Sendable {
  private let queue = DispatchQueue(label: "progress")
  private var count = 0
  private var firstFailure: (any Error)?
  private let total: Int
  private let report: @Sendable (Double) -> Void

  init(total: Int, report: @escaping @Sendable (Double) -> Void) {
    self.total = total
    self.report = report
  }

  var failure: (any Error)? { queue.sync { firstFailure } }

  func fail(_ error: any Error) {
    queue.sync { firstFailure = firstFailure ?? error }
  }

  func advance() {
    queue.sync {
      count += 1
      if count % 64 == 0 || count == total { report(Double(count) / Double(total)) }
    }
  }
}
