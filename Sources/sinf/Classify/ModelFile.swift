import SINFModel
import SINFRuntime

/// The file at the path, mapped read-only, and signed by a trusted key where there is `trust`.
func mapModel(_ path: UnsafePointer<CChar>, _ trust: Trust?) throws(StartError) -> MappedFile {
  let file: MappedFile
  do throws(RuntimeError) {
    file = try MappedFile(path: path)
  } catch {
    throw StartError(error)
  }
  if let trust { try trust.check(file) }
  return file
}

/// The model in the file, all of it checked. Leaves no page of it in resident memory: checking reads
/// every program, a picture needs three; nor ever more than a window of them.
func checkModel(_ file: borrowing MappedFile) throws(StartError) -> Model {
  do throws(ModelError) {
    return try file.model()
  } catch {
    throw .refused(error)
  }
}

extension StartError {
  init(_ error: RuntimeError) {
    switch error {
    case .arenaTooSmall(let needed, let available):
      self = .memory(needed: needed, available: available)
    case .noMemory(let bytes): self = .noMemory(bytes)
    case .unreadableFile(let number): self = .unreadable(number)
    case .instructionSetUnavailable: self = .instructionSet
    case .noThreads(let number): self = .noThreads(number)
    }
  }
}
