import Foundation

/// A program that a test runs, by posix_spawn(3). Foundation's `Process` watches its children from
/// threads of its own, and crashed there now and then when many were started.
public final class ChildProcess {
  public enum Ending: Equatable, Sendable {
    case exit(Int32)
    case signal(Int32)
  }

  public struct SpawnError: Error, CustomStringConvertible {
    let command: [String]
    let code: Int32
    public var description: String {
      "cannot start \(command.joined(separator: " ")): \(String(cString: strerror(code)))"
    }
  }

  public let identifier: pid_t
  private var ending: Ending?

  /// - Parameters:
  ///   - command: the program, found by PATH where it has no slash, and its arguments.
  ///   - environment: all of its variables.
  ///   - input, output, errors: descriptors that become its 0, 1 and 2; it gets no others. They stay
  ///     open here.
  public init(
    _ command: [String], environment: [String: String] = ProcessInfo.processInfo.environment,
    input: Int32 = 0, output: Int32 = 1, errors: Int32 = 2
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // Through numbers that none of the three has, so that none is overwritten before it is copied.
    let unused: Int32 = 1000
    for (number, descriptor) in [input, output, errors].enumerated() {
      posix_spawn_file_actions_adddup2(&actions, descriptor, unused + Int32(number))
    }
    for number in 0..<3 as Range<Int32> {
      posix_spawn_file_actions_adddup2(&actions, unused + number, number)
    }
    // What isn't open is no error. (Swift doesn't see addclosefrom_np.)
    for number in 3..<unused + 3 { posix_spawn_file_actions_addclose(&actions, number) }

    // Tests run on threads that block signals, and programs inherit what is blocked.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    let arguments = command.map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { (arguments + variables).forEach { free($0) } }
    var identifier: pid_t = 0
    let code = posix_spawnp(
      &identifier, command[0], &actions, &attributes, arguments, variables)
    guard code == 0 else { throw SpawnError(command: command, code: code) }
    self.identifier = identifier
  }

  public var isRunning: Bool { poll() == nil }

  public func send(_ signal: Int32) {
    if isRunning { kill(identifier, signal) }
  }

  /// How it ended. It is killed after `seconds`; `meanwhile` is called every few milliseconds.
  @discardableResult public func wait(
    seconds: Double = 60, meanwhile: () -> Void = {}
  ) -> Ending {
    let limit = Date() + seconds
    var pause: UInt32 = 500
    while true {
      if let ending = poll() { return ending }
      meanwhile()
      if Date() > limit { kill(identifier, SIGKILL) }
      usleep(pause)
      pause = min(2 * pause, 10_000)
    }
  }

  private func poll() -> Ending? {
    if let ending { return ending }
    var status: Int32 = 0
    guard waitpid(identifier, &status, WNOHANG) == identifier else { return nil }
    let signal = status & 0x7F
    ending = signal == 0 ? .exit((status >> 8) & 0xFF) : .signal(signal)
    return ending
  }

  deinit {
    guard poll() == nil else { return }
    kill(identifier, SIGKILL)
    waitpid(identifier, nil, 0)
  }
}
