import CSystem
import SINFModel
import SINFPictures
import SINFSystem
import SINFWatch

/// `sinf classify`: goes through the operands and reports on every picture.
struct Classify: ~Copyable {
  private var classifier: Classifier
  private var report: Report
  private let options: ClassifyOptions
  private var counts = Counts()

  /// The exit status where nothing could be begun; otherwise the process ends with it.
  static func run(_ arguments: Arguments) -> Int32 {
    var options = ClassifyOptions()
    do throws(StartError) {
      // All words are read once before anything is done: an option may stand behind its pictures.
      var words = arguments
      var operands = 0
      do throws(UsageError) {
        while try options.nextOperand(&words) != nil { operands += 1 }
        if options.asksHelp { return show(.classify) }
        try options.checkSandbox()
        guard operands > 0 else { throw .missingOperand("a picture, a folder or '-'") }
      } catch {
        throw .usage(error)
      }
      // A variable that is set to nothing counts as not set.
      let variable = environment("SINF_MODEL").flatMap { $0[0] == 0 ? nil : $0 }
      guard let model = options.model ?? variable else { throw .usage(.noModel) }
      options.model = model
      var classify = try Classify(model, options)
      return classify.all(arguments)
    } catch {
      return refuse(error, model: options.model, command: "classify")
    }
  }

  private init(
    _ model: UnsafePointer<CChar>, _ options: ClassifyOptions
  ) throws(StartError) {
    var classifier = try Classifier(
      model: model, options, tableBytes: { _ in FolderWalk.memoryBytes })
    try Confinement.enterReader(CSYS_PROFILE_READER, options, classifier.decoder)
    try classifier.startThreads()
    report = Report(classifier.model, options, classifier.memoryUse)
    self.classifier = classifier
    self.options = options
  }

  /// Ends the process.
  private mutating func all(_ arguments: Arguments) -> Int32 {
    var words = arguments
    var scratch = options
    report.begin()
    while report.canGoOn, let operand = try? scratch.nextOperand(&words) {
      if bytes(of: operand) == "-" {
        stream(operand)
      } else {
        path(operand)
      }
    }
    let succeeded =
      report.end(counts, decoderPeak: classifier.decoder.peakBytes) && counts.failed == 0
    classifier.end()
    end(succeeded ? ExitStatus.success : ExitStatus.failure)
  }

  /// Ends the process with all of its memory in place: giving decoder and arena back would be the
  /// only calls of the heap after start. Not inlined, or the optimiser would see that nothing here
  /// is needed any more and give it back before.
  @inline(never)
  private borrowing func end(_ status: Int32) -> Never {
    csys_exit(status)
  }

  private mutating func path(_ path: UnsafePointer<CChar>) {
    let kind = csys_file_kind(path)
    if kind == Int32(CSYS_FILE_DIRECTORY.rawValue) {
      folder(path)
    } else {
      file(path)
    }
  }

  private mutating func folder(_ path: UnsafePointer<CChar>) {
    var walk = FolderWalk(
      path, isRecursive: options.isRecursive,
      memory: classifier.tables.baseAddress.unsafelyUnwrapped)
    while report.canGoOn, let entry = walk.next() {
      switch entry {
      case .picture: file(walk.path)
      case .other: counts.skip(isFolder: false)
      case .folder: counts.skip(isFolder: true)
      case .unreadable(let error): fail(walk.path, 1, .system(error.number))
      case .tooDeep: fail(walk.path, 1, .tooDeep)
      }
    }
  }

  private mutating func file(_ path: UnsafePointer<CChar>) {
    let kind = csys_file_kind(path)
    guard kind >= 0 else { return fail(path, 1, .system(-kind)) }
    guard kind == Int32(CSYS_FILE_REGULAR.rawValue) else { return fail(path, 1, .notAFile(kind)) }
    let descriptor = csys_open_regular(path)
    guard descriptor >= 0 else { return fail(path, 1, .system(-descriptor)) }
    var source = ByteSource(file: descriptor)
    _ = picture(path, 1, &source)
    csys_close(descriptor)
  }

  /// Pictures on standard input, whatever lies between them. Each is reported before anything is
  /// asked of the bytes behind it.
  private mutating func stream(_ name: UnsafePointer<CChar>) {
    var source = classifier.stream(0)
    var number = 1
    do throws(FrameError) {
      while report.canGoOn, try source.nextPicture() {
        // A failed read fails for good, and so does the making of decoders.
        switch picture(name, number, &source) {
        case .io, .decoder(.unavailable): return
        default: break
        }
        number += 1
      }
    } catch {
      fail(name, number, .frame(error))
    }
  }

  /// Labels and reports the next picture of the source; what was wrong with it, nil for nothing.
  private mutating func picture(
    _ path: UnsafePointer<CChar>, _ number: Int, _ source: inout ByteSource
  ) -> FrameError? {
    do throws(FrameError) {
      let result = try classifier.classify(&source)
      counts.classify()
      report.put(path, number, result)
      return nil
    } catch {
      fail(path, number, .frame(error))
      return error
    }
  }

  private mutating func fail(
    _ path: UnsafePointer<CChar>, _ number: Int, _ failure: Failure
  ) {
    counts.fail()
    report.put(path, number, failure)
  }
}
