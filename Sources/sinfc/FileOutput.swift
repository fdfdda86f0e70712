import Foundation
import SINFCompiler
import SINFModelWriter

/// Files appear whole or not at all.
enum FileOutput {
  /// Finds out before hours of work whether `path` can be written at their end.
  ///
  /// - Parameter inputs: Files that are read, none of which may be written over.
  static func check(_ path: String, inputs: [String] = []) throws {
    guard !path.isEmpty else { throw UnsuitableOption("the name of a file to write is empty") }
    var status = stat()
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw Failure(path, "can't be written: it exists and is not a regular file")
      }
      for input in inputs {
        var other = stat()
        if stat(input, &other) == 0, other.st_dev == status.st_dev, other.st_ino == status.st_ino {
          throw UnsuitableOption("\(path): would be written over the input \(input)")
        }
      }
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard stat(folder, &status) == 0, access(folder, W_OK | X_OK) == 0 else {
      throw Failure(system: path, "can't be written: \(folder)")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw Failure(path, "can't be written: \(folder): not a folder")
    }
  }

  /// Writes a whole file. Ctrl-C and the like wait for the moment that this takes, so that no
  /// temporary file is left behind.
  static func write(_ bytes: [UInt8], to path: String) throws {
    try Interrupts.deferred {
      do throws(FileWriteError) {
        try ModelWriter.publish(bytes, to: path)
      } catch {
        let cause = String(cString: strerror(error.errorNumber))
        throw Failure(path, "can't be written (\(error.call)): \(cause)")
      }
    }
  }
}

/// Files that a user names, looked at before a library reads them.
enum FileInput {
  /// Throws when `path` is not a file that can be read, with the system's cause.
  static func check(_ path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0, access(path, R_OK) == 0 else {
      throw Failure(system: path, "can't be read")
    }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw Failure(path, "is a folder, expected a file")
    }
  }
}

extension FileInput {
  /// A model file's bytes. One that can't be read counts as refused, as `sinf` has it.
  static func model(_ path: String) throws -> [UInt8] {
    do {
      try check(path)
      return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch let failure as Failure {
      throw RefusedModel(path: failure.path, problem: failure.problem)
    }
  }
}

/// Signals that end the program.
enum Interrupts {
  nonisolated(unsafe) private static var arrived: Int32 = 0

  /// Runs `work`; a signal that arrives meanwhile takes effect afterwards.
  static func deferred<T>(_ work: () throws -> T) rethrows -> T {
    let signals = [SIGINT, SIGTERM, SIGHUP]
    let handlers = signals.map { number in signal(number) { Interrupts.arrived = $0 } }
    defer {
      for (number, handler) in zip(signals, handlers) { signal(number, handler) }
      if arrived != 0 { raise(arrived) }
    }
    return try work()
  }
}
