import SINFModel
import SINFPictures
import SINFRuntime

/// How the budget of --memory is divided: what the decoder gets is what the rest leaves.
struct MemoryPlan {
  /// Of what the caller takes of the arena, and what it holds elsewhere.
  let tableBytes: Int
  let reservedBytes: Int
  let rankedBytes: Int
  /// For streams.
  let readBufferBytes: Int
  /// Tables, read buffer, ranking, engine, decoder: memory of which each process has its own part.
  let arenaBytes: Int
  /// Memory that worker and decoding process share.
  let sharedBytes: Int
  let decoderSettings: DecoderProcess.Settings
  /// The part of the arena that the decoder takes as pictures need it.
  let pictureBytes: Int
  /// The most of the arena that everything but the decoder takes.
  private let fixedBytes: Int
  private let leastDecoderBytes: Int

  /// Bytes that the decoder gets when nobody says how much memory there is: enough for a progressive
  /// JPEG of 1920 x 1080.
  private static let defaultDecoderBytes = 8 << 20
  /// With less, hardly a picture could be decoded.
  private static let leastDecoderBytes = 64 << 10
  /// What goes to the decoding process at a time: fewer times cost less time, and where memory is
  /// scarce the decoder needs it more. A heuristic.
  private static let windowBytes = 128 << 10
  private static let readBufferBytes = 32 << 10
  private static let narrowBytes = 16 << 10
  private static let scarceBytes = 4 << 20

  /// Throws: `.memory` with both numbers for a budget that is too small.
  init(
    _ model: Model, _ options: ClassifyOptions, tableBytes: Int, reservedBytes: Int
  ) throws(StartError) {
    self.tableBytes = tableBytes
    self.reservedBytes = reservedBytes
    let isScarce = options.memoryBytes.map { $0 < MemoryPlan.scarceBytes } ?? false
    readBufferBytes = isScarce ? MemoryPlan.narrowBytes : MemoryPlan.readBufferBytes
    rankedBytes = options.top * MemoryLayout<Ranked>.stride
    decoderSettings = DecoderProcess.Settings(
      windowBytes: isScarce ? MemoryPlan.narrowBytes : MemoryPlan.windowBytes,
      inputBytes: model.image.height * model.image.width * 4,
      maximumPixels: options.maximumPixels, timeoutMilliseconds: options.frameTimeoutMilliseconds,
      isConfined: options.usesSandbox)
    sharedBytes = DecoderProcess.sharedBytes(decoderSettings)
    // Each piece is rounded up, as the arena does it.
    fixedBytes =
      Arena.rounded(tableBytes) + Arena.rounded(readBufferBytes)
      + Arena.rounded(rankedBytes)
      + Arena.rounded(Engine.arenaBytes(for: model, threads: options.threads))
    func decoder(_ bytes: Int) -> Int {
      FrameDecoder.bytesNeeded(preprocessing: model.preprocessing, decoderBytes: bytes)
    }
    leastDecoderBytes = decoder(MemoryPlan.leastDecoderBytes)
    let outside = reservedBytes + sharedBytes
    let least = outside + fixedBytes + leastDecoderBytes
    let budget =
      options.memoryBytes ?? outside + fixedBytes + decoder(MemoryPlan.defaultDecoderBytes)
    guard budget >= least else { throw .memory(needed: least, available: budget) }
    arenaBytes = budget - outside
    pictureBytes = max(arenaBytes - fixedBytes - decoder(0), 0)
  }

  /// Whether the memory that was taken for another plan has room for this one.
  func fits(in other: MemoryPlan) -> Bool {
    sharedBytes <= other.sharedBytes && fixedBytes + leastDecoderBytes <= other.arenaBytes
  }
}
