import CDecoder

/// Why a decoding process gave no answer. The next picture gets a fresh process.
public enum DecoderFailure: Sendable {
  /// It ended; the signal, 0 for none.
  case crashed(signal: Int32)
  /// It took longer than it may; the limit.
  case timedOut(milliseconds: Int32)
  /// It answered what no picture gives.
  case invalid
  /// No process can be had; an errno. Not the picture's fault.
  case unavailable(errorNumber: Int32)

  init(_ result: cdec_result) {
    switch Int(result.status) {
    case Int(CDEC_CRASHED): self = .crashed(signal: result.number)
    case Int(CDEC_TIMED_OUT): self = .timedOut(milliseconds: result.number)
    case Int(CDEC_NONE): self = .unavailable(errorNumber: result.number)
    default: self = .invalid
    }
  }

  private var status: (code: Int32, number: Int32) {
    switch self {
    case .crashed(let signal): (Int32(CDEC_CRASHED), signal)
    case .timedOut(let milliseconds): (Int32(CDEC_TIMED_OUT), milliseconds)
    case .invalid: (Int32(CDEC_LIED), 0)
    case .unavailable(let number): (Int32(CDEC_NONE), number)
    }
  }

  /// As `FrameError.describe`.
  func describe(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    guard let base = buffer.baseAddress else { return 0 }
    let (code, number) = status
    return base.withMemoryRebound(to: CChar.self, capacity: buffer.count) {
      cdec_failure_text(code, number, $0, buffer.count)
    }
  }
}
