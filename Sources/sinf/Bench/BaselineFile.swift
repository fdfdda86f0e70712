import SINFRuntime

/// The file that --compare names, and what it says.
struct BaselineFile: ~Copyable {
  let path: UnsafePointer<CChar>
  let baseline: Baseline
  private let file: MappedFile

  /// A report with some thousand layers has about a megabyte.
  private static let mostBytes = 64 << 20

  /// Errors: `.baseline` for a file that can't be read or is no report.
  init(path: UnsafePointer<CChar>) throws(StartError) {
    let file = try map(path)
    guard file.bytes.count <= BaselineFile.mostBytes else {
      throw .baseline(path, .tooLarge(file.bytes.count))
    }
    let baseline: Baseline
    do throws(JSONError) {
      baseline = try Baseline(file.bytes.bindMemory(to: UInt8.self))
    } catch {
      throw .baseline(path, .json(error))
    }
    self.path = path
    self.baseline = baseline
    self.file = file
  }
}

private func map(_ path: UnsafePointer<CChar>) throws(StartError) -> MappedFile {
  do throws(RuntimeError) {
    return try MappedFile(path: path)
  } catch {
    guard case .unreadableFile(let number) = error else { throw StartError(error) }
    throw .baseline(path, .unreadable(number))
  }
}

/// Why a file is not a report to compare with.
enum BaselineError {
  /// An errno.
  case unreadable(Int32)
  /// Bytes.
  case tooLarge(Int)
  case json(JSONError)
}

extension Output {
  mutating func put(_ error: BaselineError) {
    put("cannot compare with it: ")
    switch error {
    case .unreadable(let number): put(system: number)
    case .tooLarge(let count):
      put(count)
      put(" bytes are too large for a report of 'sinf bench --format json'")
    case .json(let error):
      put("line ")
      put(error.line)
      put(": expected ")
      put(error.expected)
    }
  }
}
