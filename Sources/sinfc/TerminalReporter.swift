import Foundation
import SINFCompiler

/// Tells on standard error what a long compilation is doing: one line a step, rewritten in place on
/// a terminal with the share done and the time left, printed once when done elsewhere.
final class TerminalReporter: Reporter, @unchecked Sendable {
  private let lock = NSLock()
  private let quiet: Bool
  private let rewrites: Bool
  private let start = Date()
  private var step: (name: String, start: Date)?
  private var lastShown = Date.distantPast

  init(quiet: Bool) {
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
  func finish() { lock.withLock { finishStep() } }

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
