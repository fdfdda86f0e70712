import Foundation
import SINFSystem

@testable import SINFWatch

/// Labels by the file's text: "good", "vague", "bad" or "cut" at its beginning.
struct FalseClient: WatchClient {
  let system: FalseSystem
  let log: Log
  private var answer = Labelling.flawed

  init(_ system: FalseSystem, _ log: Log) {
    self.system = system
    self.log = log
  }

  /// What is known of it outside.
  final class Log {
    var notices: [String] = []
    var labelled: [String] = []
    /// Called with the text of what is being labelled.
    var whileLabelling: (String) -> Void = { _ in }
  }

  mutating func label(_ descriptor: Int32) -> Labelling {
    let text = String(decoding: system.open[descriptor]?.node.bytes ?? [], as: UTF8.self)
    log.labelled.append(text)
    log.whileLabelling(text)
    answer =
      text.hasPrefix("good")
      ? .classified
      : text.hasPrefix("vague") ? .unsure : text.hasPrefix("cut") ? .unfinished : .flawed
    return answer
  }

  mutating func writeAnswer(
    _ path: UnsafePointer<CChar>, _ tag: FrameTag, to descriptor: Int32
  ) -> Errno? {
    switch answer {
    case .classified: write("classified", path, tag, descriptor)
    case .unsure: write("classified", path, tag, descriptor, end: "\(FrameTag.doubt)}\n")
    default: write("failed", path, tag, descriptor)
    }
  }

  mutating func writeLoss(
    _ loss: FrameLoss, _ path: UnsafePointer<CChar>, _ tag: FrameTag, to descriptor: Int32
  ) -> Errno? {
    write("failed", path, tag, descriptor)
  }

  private func write(
    _ status: String, _ path: UnsafePointer<CChar>, _ tag: FrameTag, _ descriptor: Int32,
    end: String = "}\n"
  ) -> Errno? {
    let digits = String(tag.identity.number, radix: 16)
    let id = String(repeating: "0", count: 16 - digits.count) + digits
    let line = """
      {"status":"\(status)","id":"\(id)","file":"\(String(cString: path))"
      """ + end
    do throws(Errno) {
      // In two pieces, so that a line can be torn.
      for piece in [line.prefix(30), line.dropFirst(30)] {
        let bytes = Array(piece.utf8)
        let error: Errno? = bytes.withUnsafeBytes {
          do throws(Errno) {
            try system.append(descriptor, $0.baseAddress!, $0.count)
            return nil
          } catch {
            return error
          }
        }
        if let error { throw error }
      }
      return nil
    } catch {
      return error
    }
  }

  mutating func say(_ notice: WatchNotice, _ path: UnsafePointer<CChar>?, _ error: Errno?) {
    log.notices.append("\(notice)")
  }

  mutating func isAskedToStop() -> Bool { false }
}

/// A loop over the false system, one process after the other.
final class Watcher {
  let system = FalseSystem()
  let log = FalseClient.Log()
  private(set) var loop: WatchLoop<FalseSystem, FalseClient>
  let counts = UnsafeMutablePointer<WatchCounts>.allocate(capacity: 1)
  private let settings: WatchSettings
  private var memory: UnsafeMutableRawPointer
  private var texts: [UnsafeMutablePointer<CChar>] = []

  /// Watches /in; results in /out, ledger in /state.
  init(_ change: (inout WatchSettings, (String) -> UnsafePointer<CChar>) -> Void = { _, _ in }) {
    var texts: [UnsafeMutablePointer<CChar>] = []
    func text(_ string: String) -> UnsafePointer<CChar> {
      texts.append(strdup(string)!)
      return UnsafePointer(texts[texts.count - 1])
    }
    var settings = WatchSettings(
      folder: text("/in"), state: text("/state"), freshState: text("/state.new"))
    settings.output = text("/out")
    settings.remember = 128
    settings.maximumQueue = 64
    change(&settings, text)
    self.settings = settings
    self.texts = texts
    counts.initialize(to: WatchCounts())
    system.makeFolder("in")
    memory = UnsafeMutableRawPointer.allocate(
      byteCount: WatchLoop<FalseSystem, FalseClient>.memoryBytes(settings), alignment: 64)
    loop = WatchLoop(
      settings, memory, system: system, counts: counts, client: FalseClient(system, log))
  }

  deinit {
    loop = WatchLoop(
      settings, memory, system: system, counts: counts, client: FalseClient(system, log))
    memory.deallocate()
    counts.deallocate()
    for text in texts { free(text) }
  }

  /// A process in the place of the one before, which was killed where it stood.
  func restart(cuttingPower: Bool = false) {
    if cuttingPower { system.cutPower() } else { system.endProcess() }
    loop = WatchLoop(
      settings, memory, system: system, counts: counts, client: FalseClient(system, log))
  }

  func start() throws {
    try loop.open()
    counts.pointee.isReady = true
  }

  @discardableResult
  func turn() -> WatchTurn { loop.turn() }

  /// Lets it work until it has nothing to do now.
  func work() {
    for _ in 0..<1000 where loop.turn() == .again {}
  }

  /// Lets time pass, and it work whenever it wants to.
  func pass(seconds: Double) {
    let end = system.now + UInt64(seconds * 1e9)
    while system.now < end {
      switch loop.turn() {
      case .again: continue
      case .rest(let until): system.now = min(end, max(until, system.now + 1_000_000))
      default: return
      }
    }
    work()
  }

  /// The lines of all results, the oldest first: status and file's name.
  var lines: [String] {
    let files = (1...9).reversed().map { "/out.\($0)" } + ["/out"]
    return files.flatMap { file in
      system.text(file).split(separator: "\n", omittingEmptySubsequences: true).map { line in
        let status = line.contains("\"classified\"") ? "classified" : "failed"
        let name = line.split(separator: "/").last.map { $0.prefix { $0 != "\"" } } ?? ""
        return line.hasSuffix("}") ? "\(status) \(name)" : "torn"
      }
    }
  }
}
