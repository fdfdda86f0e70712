import Glibc

/// What is under test when a signal ends the process: its handler may only write what is there.
enum CrashReport {
  nonisolated(unsafe) private static var text: UnsafeMutableBufferPointer<UInt8> =
    .allocate(capacity: 4096)
  nonisolated(unsafe) private static var textBytes = 0
  nonisolated(unsafe) private static var file: UnsafeRawBufferPointer?
  nonisolated(unsafe) private static var path: UnsafeMutablePointer<CChar>?

  /// Seconds that one model may take.
  static let mostSeconds: UInt32 = 20

  /// From now on a fatal signal is reported and ends the process with status 1. A model that runs
  /// for longer than `mostSeconds` is one as well.
  static func begin(savingTo path: String?) {
    self.path = path.map { strdup($0) }
    for number in [SIGFPE, SIGSEGV, SIGBUS, SIGILL, SIGABRT, SIGTRAP, SIGALRM] {
      signal(number) { number in CrashReport.die(number) }
    }
  }

  /// Notes what is tested next.
  static func note(_ description: String, _ bytes: UnsafeRawBufferPointer) {
    var description = description
    description.withUTF8 {
      textBytes = min($0.count, text.count)
      for index in 0..<textBytes { text[index] = $0[index] }
    }
    file = bytes
    alarm(mostSeconds)
  }

  static func save(_ bytes: UnsafeRawBufferPointer) {
    guard let path else { return }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    _ = write(descriptor, bytes.baseAddress, bytes.count)
    close(descriptor)
  }

  private static func die(_ number: Int32) {
    // Two digits; nothing may be allocated here.
    let digits = (UInt8(48 + number / 10), UInt8(48 + number % 10))
    put("signal ")
    withUnsafeBytes(of: digits) { _ = write(1, $0.baseAddress, 2) }
    put(": ")
    _ = write(1, text.baseAddress, textBytes)
    put("\n")
    if let file { save(file) }
    _exit(1)
  }

  private static func put(_ words: StaticString) {
    _ = write(1, words.utf8Start, words.utf8CodeUnitCount)
  }
}
