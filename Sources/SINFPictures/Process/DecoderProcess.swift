import CDecoder
import CImage
import SINFModel

/// Decodes as `FrameDecoder` does, in a process of its own that can touch nothing but the memory which
/// it shares with this one. What goes wrong there costs the picture at hand.
///
/// Make it while the process has one thread. One decoding process serves one thread; nothing is
/// allocated once `use` has returned.
public struct DecoderProcess: ~Copyable {
  public struct Settings: Sendable {
    /// Bytes of the sources' buffers: as many are handed over at a time.
    public var windowBytes: Int
    /// Most bytes of an input, four a pixel.
    public var inputBytes: Int
    /// Limit on a picture's width times height.
    public var maximumPixels: UInt64
    /// Time for one picture; waiting for its bytes doesn't count.
    public var timeoutMilliseconds: Int
    /// Whether the process gives up everything but computing, where the kernel can do that.
    public var isConfined: Bool

    public init(
      windowBytes: Int, inputBytes: Int,
      maximumPixels: UInt64 = FrameDecoder.suggestedMaximumPixels,
      timeoutMilliseconds: Int = DecoderProcess.suggestedTimeoutMilliseconds,
      isConfined: Bool = true
    ) {
      self.windowBytes = windowBytes
      self.inputBytes = inputBytes
      self.maximumPixels = maximumPixels
      self.timeoutMilliseconds = timeoutMilliseconds
      self.isConfined = isConfined
    }

    var cSettings: cdec_settings {
      cdec_settings(
        window_bytes: windowBytes, input_bytes: inputBytes,
        timeout_ns: UInt64(timeoutMilliseconds) * 1_000_000, confines: isConfined)
    }
  }

  public static let suggestedTimeoutMilliseconds = 10_000

  private let process: OpaquePointer
  private let maximumPixels: UInt64
  private var inputBytes = 0
  private var result = cdec_result()

  /// Bytes of memory that both processes share, besides what `use` is given.
  public static func sharedBytes(_ settings: Settings) -> Int {
    var settings = settings.cSettings
    return cdec_shared_bytes(&settings)
  }

  /// Throws: `.decoder(.unavailable)` when the system refuses a process or memory.
  public init(_ settings: Settings) throws(FrameError) {
    var cSettings = settings.cSettings
    var number: Int32 = 0
    guard let made = cdec_start(&cSettings, &number) else {
      throw .decoder(.unavailable(errorNumber: number))
    }
    process = made
    maximumPixels = settings.maximumPixels
  }

  deinit { cdec_stop(process) }

  /// A fresh decoding process for this preprocessing.
  ///
  /// - Parameter memory: as for `FrameDecoder.init`; mapped privately before `init` and never written
  ///   by this process. What is resident of it is the decoding process's.
  /// - Throws: as `FrameDecoder.init`; `.memory` also for an input larger than the settings';
  ///   `.decoder(.unavailable)`.
  public mutating func use(
    preprocessing: Preprocessing, memory: UnsafeMutableRawBufferPointer
  ) throws(FrameError) {
    let tables = FrameDecoder.bytesNeeded(preprocessing: preprocessing, decoderBytes: 0)
    var options = cimg_options(preprocessing, max(0, memory.count - tables), maximumPixels)
    var error = cimg_error()
    guard let base = memory.baseAddress,
      cdec_use(process, &options, base, memory.count, &error)
    else {
      let isProcess = error.code == Int32(CIMG_IO)
      throw isProcess
        ? .decoder(.unavailable(errorNumber: error.system_error)) : FrameError(error)
    }
    inputBytes = Int(preprocessing.width) * Int(preprocessing.height) * 4
  }

  /// What the decoding process has given up, `csys_confinement` or'ed.
  public var confinement: Int32 { cdec_confinement(process) }

  /// Resident memory that is the decoding process's own, at most so far; -1 for unknown.
  public var peakBytes: Int64 { cdec_peak_bytes(process) }

  /// The same now.
  public var residentBytes: Int64 { cdec_resident_bytes(process) }

  /// Ends the decoding process: nothing can be decoded any more.
  public mutating func end() {
    cdec_end(process)
  }

  /// Begins with the next picture of the source, which stays where it is until `finish`.
  public mutating func begin(_ source: inout ByteSource) {
    cdec_begin(process, &source.source)
  }

  /// Goes on for at most so long; false when there is an answer.
  public mutating func isWorking(milliseconds: Int) -> Bool {
    cdec_go_on(process, UInt64(milliseconds) * 1_000_000, &result) == Int32(CDEC_WORKING)
  }

  /// The answer, behind `isWorking`: as `FrameDecoder.decode`, or `.decoder`.
  public mutating func finish(
    _ source: inout ByteSource, into input: UnsafeMutablePointer<UInt8>
  ) throws(FrameError) -> FrameInfo {
    source.source = result.source
    switch Int(result.status) {
    case Int(CDEC_DONE): break
    case Int(CDEC_REFUSED): throw FrameError(result.error)
    default: throw .decoder(DecoderFailure(result))
    }
    // A copy, which nobody else can change while the network reads it.
    input.update(from: cdec_input(process), count: inputBytes)
    var info = FrameInfo(result.info)
    info.handoverNanoseconds = result.handover_ns
    return info
  }

  /// What became of the next picture of the source, as `FrameDecoder.decode` says it.
  public mutating func decode(
    _ source: inout ByteSource, into input: UnsafeMutablePointer<UInt8>
  ) throws(FrameError) -> FrameInfo {
    begin(&source)
    while isWorking(milliseconds: 1000) {}
    return try finish(&source, into: input)
  }
}
