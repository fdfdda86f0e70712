import SINFModel

/// A model file that the reader refuses, or that can't be read.
public struct RefusedModel: Error, CustomStringConvertible {
  public var path: String
  /// Names section, offset, what was found and the rule where the content is at fault.
  public var problem: String
  public var description: String { "\(path): \(problem)" }

  public init(path: String, problem: String) {
    self.path = path
    self.problem = problem
  }
}

/// What evaluation needs to know of a model file, copied out of it.
public struct ModelFacts: Sendable {
  public var preprocessing: Preprocessing
  public var labels: [String]
  public var clusterNames: [String]
  /// Cluster of each class; empty for a plain model.
  public var clusterOfClass: [Int]
  public var threshold: Float
  /// 0 where no image stops at the route predictor.
  public var stopMargin: Float
  /// Share from which a label is given; 0 where the model says nothing of it.
  public var minimumShare: Float
  public var arenaBytes: Int

  /// Throws `RefusedModel` when the file is refused.
  public init(_ file: [UInt8], path: String) throws {
    let storage = AlignedBytes(file)
    let model: Model
    do throws(ModelError) { model = try Model(validating: storage.bytes) } catch {
      throw RefusedModel(path: path, problem: "not a valid model: \(error)")
    }
    preprocessing = model.preprocessing
    labels = (0..<model.classCount).map { String(decoding: model.label($0), as: UTF8.self) }
    clusterNames = (0..<model.clusterCount).map {
      String(decoding: model.clusterName($0), as: UTF8.self)
    }
    clusterOfClass = model.isRouted ? model.clusterOfClass : []
    threshold = model.routeThreshold
    stopMargin = model.stopMargin
    minimumShare = model.minimumShare
    arenaBytes = model.arenaBytes
  }
}
