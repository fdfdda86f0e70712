import CSystem
import SINFModel
import SINFRuntime

/// `sinf inspect`: what is in a model file.
enum Inspect {
  /// The exit status.
  static func run(_ words: Arguments) -> Int32 {
    var arguments = words
    var file: UnsafePointer<CChar>?
    do throws(StartError) {
      let options: InspectOptions
      do throws(UsageError) {
        options = try InspectOptions(&arguments)
      } catch {
        throw .usage(error)
      }
      guard !options.asksHelp, let path = options.file else { return show(.inspect) }
      file = path
      let trust = try Trust.asked(options.trustedKey)
      let mapping = try mapModel(path, nil)
      let signature = try FoundSignature(mapping, verifies: options.verifies, trust: trust)
      let model = try checkModel(mapping)
      var output = Output(descriptor: Output.standardOutput)
      if options.format == .json {
        output.put(json: model, path, signature, options)
      } else {
        output.put(model, path, signature)
        if options.showsLayers { output.put(layersOf: model) }
        if options.showsPlan { output.put(planOf: model) }
      }
      return withExtendedLifetime(mapping) { finish(&output) }
    } catch {
      return refuse(error, model: file, command: "inspect")
    }
  }
}

extension ProgramKind {
  var name: StaticString {
    switch self {
    case .features: "features"
    case .route: "route"
    case .subgraph: "subgraph"
    case .whole: "whole"
    }
  }
}

extension Preprocessing.ColorOrder {
  var name: StaticString {
    switch self {
    case .rgb: "rgb"
    case .bgr: "bgr"
    case .grey: "grey"
    }
  }
}

extension Preprocessing.Fit {
  var name: StaticString {
    switch self {
    case .cover: "cover"
    case .stretch: "stretch"
    }
  }
}

extension Model {
  /// Multiply-accumulates of the dearest path that an image can take.
  var worstCost: UInt64 {
    var rest: UInt64 = program(.whole)?.multiplyAccumulates ?? 0
    for cluster in 0..<clusterCount {
      rest = max(rest, program(.subgraph, cluster: cluster)?.multiplyAccumulates ?? 0)
    }
    let early = program(.features)?.multiplyAccumulates ?? 0
    return early &+ (program(.route)?.multiplyAccumulates ?? 0) &+ rest
  }
}
