import CSystem
import SINFPictures
import SINFRuntime
import SINFSystem
import SINFWatch

/// What `sinf watch` adds to the loop: labels, lines, words, signs of life.
struct WatchReporter: WatchClient, ~Copyable {
  var classifier: Classifier
  var report: Report
  var service: WatchService
  let counts: UnsafeMutablePointer<WatchCounts>
  private let signals: Signals
  /// What somebody asked for meanwhile.
  var isAskedToStopNow = false
  var isAskedToReload = false
  var isAskedForCounts = false
  /// With --changes: what was answered in each folder.
  private var changes: AnswerChanges
  /// Of the picture that was labelled last.
  private var result: Classifier.Result?
  private var failure: Failure?

  init(
    _ classifier: consuming Classifier, _ options: WatchOptions, _ service: consuming WatchService,
    _ signals: Signals, _ counts: UnsafeMutablePointer<WatchCounts>
  ) {
    report = Report(classifier.model, options.shared, classifier.memoryUse)
    changes = AnswerChanges(options.changes)
    self.classifier = classifier
    self.service = service
    self.signals = signals
    self.counts = counts
  }

  mutating func label(_ descriptor: Int32) -> Labelling {
    var source = ByteSource(file: descriptor)
    classifier.begin(&source)
    // The program lives as long as one frame may take.
    while classifier.isDecoding() { giveSignOfLife() }
    do throws(FrameError) {
      let result = try classifier.label(&source)
      self.result = result
      failure = nil
      return result.isSure == false ? .unsure : .classified
    } catch {
      result = nil
      failure = .frame(error)
      switch error {
      case .io(let number), .decoder(.unavailable(errorNumber: let number)):
        return .unreadable(Errno(number))
      case .empty, .truncated: return .unfinished
      default: return .flawed
      }
    }
  }

  mutating func writeAnswer(
    _ path: UnsafePointer<CChar>, _ tag: FrameTag, to descriptor: Int32
  ) -> Errno? {
    begin(tag, descriptor)
    guard let result else {
      if let failure { report.put(path, 1, failure) }
      return writeError
    }
    let answer = result.isSure == false ? AnswerChanges.unsure : result.ranked[0].classIndex
    let step = changes.step(path, answer)
    if step.isReported { report.put(path, 1, result) }
    // A line that was not written is tried again, with the picture.
    if writeError == nil { changes.take(step) }
    return writeError
  }

  mutating func writeLoss(
    _ loss: FrameLoss, _ path: UnsafePointer<CChar>, _ tag: FrameTag, to descriptor: Int32
  ) -> Errno? {
    begin(tag, descriptor)
    switch loss {
    case .system(let error): report.put(path, 1, .system(error.number))
    case .fatal(let attempts): report.put(path, 1, .fatal(attempts: attempts))
    }
    return writeError
  }

  /// Writes the last line, unless a reader would have to be waited for; what went wrong.
  mutating func writeSummary(to descriptor: Int32) -> Errno? {
    report.redirect(to: descriptor, stop: Int32(CSYS_NEVER_WAIT))
    report.output.beginObject()
    report.output.member("status", "summary")
    report.output.putMembers(counts.pointee)
    report.output.endObject()
    report.output.endDocument()
    report.output.flush()
    return writeError
  }

  /// What comes next is reported as if nothing had been answered yet.
  mutating func forgetAnswers() { changes.forget() }

  private mutating func begin(_ tag: FrameTag, _ descriptor: Int32) {
    report.redirect(to: descriptor, stop: signals.stopDescriptor)
    report.tag = tag
  }

  private var writeError: Errno? {
    report.output.error == 0 ? nil : Errno(report.output.error)
  }

  mutating func isAskedToStop() -> Bool {
    giveSignOfLife()
    readSignals()
    return isAskedToStopNow
  }

  mutating func readSignals() {
    while let signal = signals.next() {
      switch signal {
      case .stop: isAskedToStopNow = true
      case .reload: isAskedToReload = true
      case .status: isAskedForCounts = true
      }
    }
  }

  mutating func giveSignOfLife() {
    if let error = service.tick(counts.pointee, Clock.monotonicNanoseconds) {
      say("cannot write the heartbeat", service.heartbeat, error)
    }
  }

  /// One line on standard error: `sinf: PATH: what: why`.
  mutating func say(
    _ what: StaticString, _ path: UnsafePointer<CChar>? = nil, _ error: Errno? = nil
  ) {
    beginLine(path)
    report.errors.put(what)
    endLine(error)
  }

  /// An error as it is said at start; its exit status.
  mutating func say(_ error: StartError, _ model: UnsafePointer<CChar>) -> Int32 {
    report.errors.put(error, model: model, command: nil)
    report.errors.flush()
    return error.status
  }

  mutating func beginLine(_ path: UnsafePointer<CChar>?) {
    report.errors.put("sinf: ")
    if let path {
      report.errors.put(path: bytes(of: path))
      report.errors.put(": ")
    }
  }

  mutating func endLine(_ error: Errno? = nil) {
    if let error {
      report.errors.put(": ")
      report.errors.put(system: error.number)
    }
    report.errors.put("\n")
    report.errors.flush()
  }
}
