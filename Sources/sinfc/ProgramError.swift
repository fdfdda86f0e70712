import ArgumentParser
import Foundation
import SINFCompiler
import SINFGraph
import SINFModelWriter

/// A file or folder that could not be used, and why: exit status 1.
struct Failure: Error, CustomStringConvertible {
  var path: String
  var problem: String

  init(_ path: String, _ problem: String) {
    self.path = path
    self.problem = problem
  }

  /// The cause that the system gives for the call that failed last.
  init(system path: String, _ call: String) {
    self.init(path, "\(call): \(String(cString: strerror(errno)))")
  }

  var description: String { "\(path): \(problem)" }
}

/// An option that does not fit the files that were read: exit status 2.
struct UnsuitableOption: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}

/// How errors of the program and of its libraries are shown.
enum ProgramError {
  /// 1 for what could not be done, 2 for a wrong option, 3 for a model that is refused, 4 for a
  /// network that sees pictures otherwise than in training. Nil for what the parser of the command line throws, requests for help included.
  static func status(of error: any Error) -> Int32? {
    switch error {
    case is RefusedModel: 3
    case is UnlikelyInput: 4
    case is UnsuitableOption: 2
    default: isOfParser(error) ? nil : 1
    }
  }

  /// The error in one line.
  static func line(of error: any Error) -> String {
    let isSystems = error is CocoaError || type(of: error) is NSError.Type
    let text = isSystems ? error.localizedDescription : "\(error)"
    return text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  /// What `work` gives. Errors that don't know which file they are about get `path` in front.
  static func naming<T>(_ path: String, _ work: () throws -> T) throws -> T {
    do {
      return try work()
    } catch {
      switch error {
      case is LoweringError, is EvaluationError, is ExecutionError, is DescriptionError,
        is NotPositiveDefinite, is UnreachablePrecision:
        throw Failure(path, "\(error)")
      default: throw error
      }
    }
  }

  private static func isOfParser(_ error: any Error) -> Bool {
    if error is ValidationError || error is CleanExit || error is ExitCode { return true }
    // The parser's own type is not public; it alone counts as wrong usage or as a request.
    let code = SINFC.exitCode(for: error)
    return code == .success || code == .validationFailure
  }
}
