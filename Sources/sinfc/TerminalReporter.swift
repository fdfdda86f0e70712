import Foundation
import SINFCompiler

/// Tells on standard error what a long compilation is doing: one line a step, rewritten in place on
/// a terminal with the share done and the time left, printed once when done elsewhere.
final class TerminalReporter: Reporter, @unchecked Sendable {
  private let lock = NSLock()
  private let quiet: Bool
  private let rewrites: Bool
  private var step: (name: String, start: Date)?
  private var lastShown = Date.distantPast

  /// Gives `work` a reporter, and ends its last line whatever comes of the work.
  static func reporting<T>(quiet: Bool, _ work: (TerminalReporter) throws -> T) rethrows -> T {
    let reporter = TerminalReporter(quiet: quiet)
    do {
      let result = try work(reporter)
      reporter.finish()
      return result
    } catch {
      reporter.abandon()
      throw error
    }
  }

  private init(quiet: Bool) {
    self.quiet = quiet
    rewrites = isatty(STDERR_FILENO) == 1
  }

  func begin(_ name: String) {
    lock.withLock {
      finishStep()
      step = (name, Date())
      if rewrites { show("\(name) ...") }
    }
  }

  func advance(_ share: Double) {
    lock.withLock {
      guard rewrites, let step, share > 0 else { return }
      let now = Date()
      guard now.timeIntervalSince(lastShown) > 0.2 else { return }
      lastShown = now
      let spent = now.timeIntervalSince(step.start)
      let left = spent / share * (1 - share)
      let percent = String(format: "%3.0f %%", share * 100)
      show("\(step.name) \(percent), \(Self.seconds(left)) left")
    }
  }

  func note(_ text: String) {
    lock.withLock {
      finishStep()
      write(text + "\n")
    }
  }

  /// Ends the last step.
  private func finish() { lock.withLock { finishStep() } }

  /// Forgets a step that failed; what it showed on a terminal goes.
  private func abandon() {
    lock.withLock {
      if rewrites && step != nil { write("\r\u{1B}[K") }
      step = nil
    }
  }

  private func finishStep() {
    guard let ended = step else { return }
    step = nil
    let spent = Self.seconds(Date().timeIntervalSince(ended.start))
    write((rewrites ? "\r\u{1B}[K" : "") + "\(ended.name): \(spent)\n")
  }

  private func show(_ text: String) { write("\r\u{1B}[K" + text) }

  private func write(_ text: String) {
    if !quiet { FileHandle.standardError.write(Data(text.utf8)) }
  }

  private static func seconds(_ s: Double) -> String {
    s < 90 ? String(format: "%.1f s", s) : String(format: "%.1f min", s / 60)
  }
}
