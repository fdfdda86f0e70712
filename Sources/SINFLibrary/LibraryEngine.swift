import CSystem
import SINFModel
import SINFPictures
import SINFRuntime

/// What an engine of the C library is: it lies at the beginning of the caller's arena.
struct LibraryEngine: ~Copyable {
  var decoder: FrameDecoder
  var engine: Engine
  let ranked: UnsafeMutableBufferPointer<Ranked>

  /// As many as sinf_result has room for.
  static let labelCount = 10
  /// With less, hardly a picture could be decoded.
  static let leastDecoderBytes = 64 << 10
  private static var rankedBytes: Int { labelCount * MemoryLayout<Ranked>.stride }

  /// Bytes of an aligned arena before the decoder's.
  static func fixedBytes(_ model: Model) -> Int {
    Arena.rounded(MemoryLayout<LibraryEngine>.size) + Arena.rounded(rankedBytes)
      + Arena.rounded(Engine.arenaBytes(for: model))
  }

  /// Bytes of an aligned arena, `decoderBytes` for decoding among them.
  static func arenaBytes(_ model: Model, decoderBytes: Int) -> Int {
    fixedBytes(model)
      + FrameDecoder.bytesNeeded(preprocessing: model.preprocessing, decoderBytes: decoderBytes)
  }

  /// An engine inside the memory: aligned, at least `arenaBytes` for the least decoder.
  ///
  /// Throws: what the runtime or the decoder refuses.
  static func make(
    _ model: Model, in memory: UnsafeMutableRawBufferPointer
  ) throws(LibraryError) -> UnsafeMutablePointer<LibraryEngine> {
    let fixed = fixedBytes(model)
    var arena = Arena(memory: UnsafeMutableRawBufferPointer(rebasing: memory[..<fixed]))
    let place = try take(MemoryLayout<LibraryEngine>.size, &arena)
    let ranked = try take(rankedBytes, &arena).bindMemory(to: Ranked.self)
    let engine: Engine
    do throws(RuntimeError) {
      engine = try Engine(model: model, arena: &arena)
    } catch {
      throw .runtime(error)
    }
    let decoder: FrameDecoder
    do throws(FrameError) {
      decoder = try FrameDecoder(
        preprocessing: model.preprocessing,
        memory: UnsafeMutableRawBufferPointer(rebasing: memory[fixed...]))
    } catch {
      throw .frame(error)
    }
    let made = place.baseAddress.unsafelyUnwrapped.bindMemory(to: LibraryEngine.self, capacity: 1)
    made.initialize(to: LibraryEngine(decoder: decoder, engine: engine, ranked: ranked))
    return made
  }

  private static func take(
    _ bytes: Int, _ arena: inout Arena
  ) throws(LibraryError) -> UnsafeMutableRawBufferPointer {
    do throws(RuntimeError) { return try arena.take(bytes: bytes) } catch { throw .runtime(error) }
  }
}
