import CSystem
import SINFCapture
import SINFModel
import SINFRuntime

/// Why no picture could be tried.
enum StartError: Error, @unchecked Sendable {
  case usage(UsageError)
  /// The model file cannot be mapped; an errno.
  case unreadable(Int32)
  case refused(ModelError)
  /// What the whole process would need, and the budget. Bytes.
  case memory(needed: Int, available: Int)
  /// --route names what the model does not have.
  case noSuchCluster(UnsafePointer<CChar>)
  case noClusters
  case noWholeNetwork
  case instructionSet
  /// The model's preprocessing is out of the decoder's range.
  case preprocessing(FrameError)

  var status: Int32 {
    switch self {
    case .usage, .noSuchCluster, .noClusters, .noWholeNetwork, .instructionSet: ExitStatus.usage
    case .unreadable, .refused, .memory, .preprocessing: ExitStatus.model
    }
  }
}

extension Output {
  /// One line: the file, what is wrong, what was expected.
  mutating func put(_ error: StartError, model: UnsafePointer<CChar>?, command: StaticString?) {
    if case .usage(let usage) = error { return put(usage, command: command) }
    put("sinf: ")
    if let model {
      put(printable: bytes(of: model))
      put(": ")
    }
    switch error {
    case .usage: break
    case .unreadable(let number):
      put("cannot read the model: ")
      put(system: number)
    case .refused(let error):
      put("not a valid model: ")
      put(error)
    case .memory(let needed, let available):
      put("the model, the decoder and the tables need ")
      put(needed)
      put(" bytes, the budget has ")
      put(available)
      put("; see --memory")
    case .noSuchCluster(let name):
      put("no cluster '")
      put(printable: bytes(of: name))
      put("'; 'sinf inspect' lists names and numbers")
    case .noClusters:
      put("the model has no clusters, so --route can only be auto or whole")
    case .noWholeNetwork:
      put("the model has no whole network, so --route cannot be whole")
    case .instructionSet:
      put("the environment variable SINF_ISA asks for instructions that this machine does not have")
    case .preprocessing(let error):
      put("the model's preprocessing is refused: ")
      put(error)
    }
    put("\n")
  }

  /// "No such file or directory"; for EINVAL, which opening gives for what is not a file, that.
  mutating func put(system error: Int32) {
    put(printable: bytes(of: csys_error_text(error)))
  }

  mutating func put(_ error: FrameError) {
    var line = InlineArray<256, UInt8>(repeating: 0)
    var span = line.mutableSpan
    span.withUnsafeMutableBufferPointer { buffer in
      let count = error.describe(into: buffer)
      put(printable: UnsafeBufferPointer(rebasing: buffer[..<count]))
    }
  }

  /// Section, record, offset, value found and rule.
  mutating func put(_ error: ModelError) {
    if let section = error.section {
      put("section '")
      put(section.name)
      put("' record ")
      put(error.index)
    } else {
      put("header or section table, entry ")
      put(error.index)
    }
    put(", byte ")
    put(Int(error.offset))
    put(": found ")
    put(Int(truncatingIfNeeded: error.found))
    put("; rule: ")
    put(error.rule)
    if let limit = error.limit {
      put(" ")
      put(Int(truncatingIfNeeded: limit))
    }
  }
}

extension SectionKind {
  var name: StaticString {
    switch self {
    case .model: "model"
    case .metadata: "metadata"
    case .labels: "labels"
    case .clusters: "clusters"
    case .classes: "classes"
    case .text: "text"
    case .tensors: "tensors"
    case .programs: "programs"
    case .operations: "operations"
    case .weights: "weights"
    }
  }
}
