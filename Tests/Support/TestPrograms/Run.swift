import Foundation

/// What a program wrote until it ended.
public struct Run: Sendable {
  public let ending: ChildProcess.Ending
  public let output: Data
  public let errors: String

  /// -1 where a signal ended it.
  public var status: Int32 {
    if case .exit(let status) = ending { status } else { -1 }
  }
  /// 0 where it ended by itself.
  public var signal: Int32 {
    if case .signal(let signal) = ending { signal } else { 0 }
  }
  public var text: String { String(decoding: output, as: UTF8.self) }

  /// Runs a program to its end through files, so that nobody waits for a reader; it is killed after
  /// `seconds`. `meanwhile` gets the child and what it has written to standard error so far.
  public init(
    _ command: [String], input: Data = Data(),
    environment: [String: String] = ProcessInfo.processInfo.environment, seconds: Double = 60,
    meanwhile: ((ChildProcess, String) -> Void)? = nil
  ) throws {
    let files = try (0..<3).map { _ in try Self.nameless() }
    defer { files.forEach { close($0) } }
    try FileHandle(fileDescriptor: files[0]).write(contentsOf: input)
    lseek(files[0], 0, SEEK_SET)
    let child = try ChildProcess(
      command, environment: environment, input: files[0], output: files[1], errors: files[2])
    ending = child.wait(seconds: seconds) {
      guard let meanwhile, let errors = try? Self.contents(files[2]) else { return }
      meanwhile(child, String(decoding: errors, as: UTF8.self))
    }
    output = try Self.contents(files[1])
    errors = String(decoding: try Self.contents(files[2]), as: UTF8.self)
  }

  /// A file that is gone when it is closed.
  private static func nameless() throws -> Int32 {
    let folder = FileManager.default.temporaryDirectory.path
    var path = Array((folder + "/sinf-run.XXXXXX").utf8CString)
    let file = mkstemp(&path)
    guard file >= 0 else {
      throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
    }
    unlink(path)
    _ = fcntl(file, F_SETFD, FD_CLOEXEC)
    return file
  }

  /// All of it, wherever the descriptor stands, which a child may share.
  private static func contents(_ file: Int32) throws -> Data {
    var facts = stat()
    fstat(file, &facts)
    var bytes = Data(count: Int(facts.st_size))
    let count = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
    guard count >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    return bytes.prefix(count)
  }
}
