import CImage
import CSystem
import SINFModel
import SINFPictures
import SINFRuntime
import SINFSignature

/// Why no picture could be tried.
enum StartError: Error, @unchecked Sendable {
  case usage(UsageError)
  /// The model file cannot be mapped; an errno.
  case unreadable(Int32)
  case refused(ModelError)
  /// The file that --trusted-key names.
  case keyFile(UnsafePointer<CChar>, KeyFileError)
  /// What is wrong with the model's signature, and the file of trusted keys, if there is one.
  case untrusted(SignatureError, by: UnsafePointer<CChar>?)
  /// What the whole process would need, and the budget. Bytes.
  case memory(needed: Int, available: Int)
  /// The system refuses so many bytes.
  case noMemory(Int)
  /// The system refuses --threads; an errno.
  case noThreads(Int32)
  /// The system refuses the decoding process.
  case noDecoder(FrameError)
  /// At SIGHUP: a model that needs larger pieces of memory than the one at start.
  case largerModel
  /// --require-sandbox, and this kernel can't confine the program; csys_confinement or'ed.
  case sandbox(missing: Int32)
  /// --route names what the model does not have.
  case noSuchCluster(UnsafePointer<CChar>)
  case noClusters
  case noSuchStop(UnsafePointer<CChar>)
  case noStops
  case noWholeNetwork
  /// --unsure, and neither --min-share nor the model says what is sure.
  case nothingIsUnsure
  case instructionSet
  /// The watched folder, or what watching needs of the system; an errno.
  case folder(UnsafePointer<CChar>, Int32)
  /// SINF_SPIN is no time.
  case spin(UnsafePointer<CChar>)
  /// The model's preprocessing is out of the decoder's range.
  case preprocessing(FrameError)
  /// The configuration file.
  case config(UnsafePointer<CChar>, ConfigError)
  /// What --compare names is no report.
  case baseline(UnsafePointer<CChar>, BaselineError)

  var status: Int32 {
    switch self {
    case .folder: ExitStatus.failure
    case .usage, .noSuchCluster, .noClusters, .noSuchStop, .noStops, .noWholeNetwork,
      .nothingIsUnsure, .instructionSet, .spin, .baseline, .config, .keyFile:
      ExitStatus.usage
    case .unreadable, .refused, .untrusted, .memory, .noMemory, .preprocessing, .noThreads,
      .noDecoder, .largerModel, .sandbox:
      ExitStatus.model
    }
  }
}

extension StartError {
  /// Whether another model file might do.
  var isOfModelFile: Bool {
    switch self {
    case .unreadable, .refused, .untrusted, .memory, .preprocessing: true
    default: false
    }
  }
}

extension Output {
  /// One line: the file, what is wrong, what was expected.
  mutating func put(_ error: StartError, model: UnsafePointer<CChar>?, command: StaticString?) {
    if case .usage(let usage) = error { return put(usage, command: command) }
    put("sinf: ")
    if case .config(let path, let config) = error { return put(config, path) }
    switch error {
    // Not the model's fault.
    case .instructionSet, .spin, .noThreads, .noDecoder, .sandbox: break
    case .folder(let path, let number):
      put(path: bytes(of: path))
      put(": cannot watch the folder: ")
      put(system: number)
    case .baseline(let path, _), .keyFile(let path, _):
      put(path: bytes(of: path))
      put(": ")
    default:
      if let model {
        put(path: bytes(of: model))
        put(": ")
      }
    }
    switch error {
    case .usage, .folder, .config: break
    case .unreadable(let number):
      put("cannot read the model: ")
      let kind = model.map { csys_file_kind($0) } ?? 0
      if kind > Int32(CSYS_FILE_DIRECTORY.rawValue) {
        put(fileKind: kind)
        put(", not a regular file")
      } else {
        put(system: number)
      }
    case .refused(let error):
      put("not a valid model: ")
      if error.isOfMagic, let model, putKind(of: model) { break }
      put(error)
    case .keyFile(_, let error): put(error)
    case .untrusted(let error, let path): put(error, trusting: path)
    case .memory(let needed, let available):
      put("the model, the decoder and the tables need ")
      put(needed)
      put(" bytes, the budget has ")
      put(available)
      put("; see --memory")
    case .noMemory(let bytes):
      put("the system refuses the memory budget of ")
      put(bytes)
      put(" bytes; see --memory")
    case .spin(let value):
      put("the environment variable SINF_SPIN is '")
      put(printable: bytes(of: value))
      put("', expected microseconds from 0 to 1000000")
    case .noThreads(let number):
      put("the system refuses the threads: ")
      put(system: number)
      put("; see --threads")
    case .noDecoder(let error): put(error)
    case .largerModel:
      put("the model needs other pieces of memory than the one at start: start the program anew")
    case .sandbox(let missing):
      put("this kernel cannot confine the program to its ")
      let files = missing & Int32(CSYS_CONFINED_FILES.rawValue) != 0
      let calls = missing & Int32(CSYS_CONFINED_CALLS.rawValue) != 0
      if files { put("files (Landlock)") }
      if files, calls { put(" and its ") }
      if calls { put("calls (seccomp)") }
      put("; start it without --require-sandbox to run all the same")
    case .noSuchCluster(let name):
      put("no cluster '")
      put(printable: bytes(of: name))
      put("'")
      let meant = habitualRoute(bytes(of: name))
      put(suggestion: meant)
      put(meant == nil ? "; " : " ")
      put("'sinf inspect' lists names and numbers")
    case .noSuchStop(let name):
      put("no stop '")
      put(printable: bytes(of: name))
      put("'; stop:1, the route predictor, is the only stop that models have")
    case .noStops:
      put("the model has no clusters and no stops, so --route can only be auto or whole")
    case .noClusters:
      put("the model has no clusters, so --route can only be auto or whole")
    case .noWholeNetwork:
      put("the model has no whole network, so --route cannot be whole")
    case .nothingIsUnsure:
      put("the model says of no answer that it is not sure: --unsure needs --min-share")
    case .instructionSet:
      put("the environment variable SINF_ISA is '")
      if let name = environment("SINF_ISA") { put(printable: bytes(of: name)) }
      put("', expected")
      for index in 0..<Engine.instructionSetCount {
        put(index == 0 ? " " : index + 1 < Engine.instructionSetCount ? ", " : " or ")
        put(bytes(of: Engine.instructionSet(at: index)))
      }
      put(" on this machine")
    case .baseline(_, let error): put(error)
    case .preprocessing(let error):
      put("the model's preprocessing is refused: ")
      put(error)
    }
    put("\n")
  }

  /// What a file is that is no model, and what to do; false, and nothing is put, where its first bytes
  /// don't tell.
  private mutating func putKind(of path: UnsafePointer<CChar>) -> Bool {
    var bytes = InlineArray<32, UInt8>(repeating: 0)
    var kind = cimg_kind()
    var span = bytes.mutableSpan
    span.withUnsafeMutableBufferPointer { buffer in
      let count = csys_first_bytes(path, buffer.baseAddress!, Int32(buffer.count))
      if count > 0 { kind = cimg_kind_of(buffer.baseAddress!, Int(count)) }
    }
    guard kind.kind != Int32(CIMG_KIND_UNKNOWN), let name = kind.name else { return false }
    put("it is ")
    put(cText: name)
    switch kind.kind {
    case Int32(CIMG_KIND_MODEL):
      put(
        "; 'sinfc compile' makes a .sinf file from ONNX, as which other formats are exported first")
    case Int32(CIMG_KIND_PICTURE), Int32(CIMG_KIND_OTHER),
      Int32(CIMG_KIND_CONTAINER):
      put("; pictures stand behind the options, --model names the .sinf file")
    default: put("; expected a file that 'sinfc compile' wrote")
    }
    return true
  }

  /// "No such file or directory".
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
    put(UInt64(error.offset))
    put(": found ")
    if error.isOfMagic {
      // The first eight bytes, which are no number.
      for shift in 0..<8 {
        if shift > 0 { put(" ") }
        put(hexadecimal: UInt8(truncatingIfNeeded: error.found >> (8 * Int64(shift))))
      }
    } else if let found = error.unsignedFound {
      put(found)
    } else {
      put(error.found)
    }
    put("; rule: ")
    put(error.rule)
    if let limit = error.limit {
      put(": ")
      put(limit)
    }
  }
}
