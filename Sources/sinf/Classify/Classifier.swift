import CSystem
import SINFModel
import SINFPictures
import SINFRuntime

/// A model, its arena and the decoder: everything that labels pictures, in memory taken once.
struct Classifier: ~Copyable {
  // Destroyed in this order: what lies in the arena goes before it.
  var decoder: FrameDecoder
  var engine: Engine
  let arena: Arena
  let mapping: MappedFile
  let model: Model
  /// The tables of whoever uses the classifier, `tableBytes` of them.
  let tables: UnsafeMutableRawBufferPointer
  private let readBuffer: UnsafeMutableRawBufferPointer
  private let ranked: UnsafeMutableBufferPointer<Ranked>
  let mode: Mode
  private let threshold: Float?
  private let top: Int

  /// Bytes that the decoder gets when nobody says how much memory there is: enough for a progressive
  /// JPEG of 1920 x 1080.
  static let defaultDecoderBytes = 8 << 20
  /// With less, hardly a picture could be decoded.
  private static let leastDecoderBytes = 64 << 10
  private static let readBufferBytes = 32 << 10

  /// Maps and checks the model, takes the arena and readies the decoder.
  ///
  /// - Parameters:
  ///   - tableBytes: taken of the arena for the caller, by the model.
  ///   - reservedBytes: what the caller holds elsewhere and counts as part of the budget.
  init(
    model path: UnsafePointer<CChar>, _ options: ClassifyOptions,
    tableBytes: (Model) -> Int = { _ in 0 }, reservedBytes: Int = 0
  ) throws(StartError) {
    let mapping = try mapModel(path)
    let model = try checkModel(mapping)
    let mode = try Classifier.mode(options.route, model)

    let rankedBytes = options.top * MemoryLayout<Ranked>.stride
    // Each piece is rounded up, as the arena does it.
    let tableCount = tableBytes(model)
    let fixedBytes =
      reservedBytes + Arena.rounded(tableCount) + Arena.rounded(Classifier.readBufferBytes)
      + Arena.rounded(rankedBytes)
      + Arena.rounded(Engine.arenaBytes(for: model, threads: options.threads))
    let leastBytes =
      fixedBytes
      + FrameDecoder.bytesNeeded(
        preprocessing: model.preprocessing, decoderBytes: Classifier.leastDecoderBytes)
    let budget =
      options.memoryBytes ?? fixedBytes
      + FrameDecoder.bytesNeeded(
        preprocessing: model.preprocessing, decoderBytes: Classifier.defaultDecoderBytes)
    guard budget >= leastBytes else { throw .memory(needed: leastBytes, available: budget) }

    var arena = try makeArena(budget - reservedBytes)
    let tables = try take(tableCount, &arena)
    let readBuffer = try take(Classifier.readBufferBytes, &arena)
    let ranked = try take(rankedBytes, &arena).bindMemory(to: Ranked.self)
    let engine = try makeEngine(model, options.threads, &arena)
    let decoder = try makeDecoder(model, &arena)
    self.mapping = mapping
    self.model = model
    self.mode = mode
    self.arena = arena
    self.tables = tables
    self.readBuffer = readBuffer
    self.ranked = ranked
    self.engine = engine
    self.decoder = decoder
    threshold = options.threshold
    top = options.top
  }

  /// The next picture of the source, labelled.
  mutating func classify(_ source: inout ByteSource) throws(FrameError) -> Result {
    let info = try decoder.decode(&source, into: engine.input)
    let outcome = engine.run(mode, threshold: threshold)
    let count = engine.top(top, into: ranked)
    return Result(
      info: info, outcome: outcome, ranked: UnsafeBufferPointer(rebasing: ranked[..<count]))
  }

  /// A source that reads the descriptor through the classifier's one buffer: one at a time.
  func source(_ descriptor: Int32) -> ByteSource {
    ByteSource(fileDescriptor: descriptor, buffer: readBuffer)
  }

  struct Result {
    let info: FrameInfo
    let outcome: Outcome
    /// Best first; valid until the next picture.
    let ranked: UnsafeBufferPointer<Ranked>
  }

  /// What --route asks for: a cluster's name goes before a cluster's number.
  private static func mode(
    _ route: UnsafePointer<CChar>?, _ model: Model
  ) throws(StartError) -> Mode {
    guard let route else { return .routed }
    let word = bytes(of: route)
    for cluster in 0..<model.clusterCount where word == model.clusterName(cluster) {
      return .cluster(cluster)
    }
    if word == "auto" { return .routed }
    if word == "whole" {
      guard model.hasWhole else { throw .noWholeNetwork }
      return .whole
    }
    guard model.isRouted else { throw .noClusters }
    guard let cluster = parseInteger(word), cluster < model.clusterCount else {
      throw .noSuchCluster(route)
    }
    return .cluster(cluster)
  }
}

func makeArena(_ bytes: Int) throws(StartError) -> Arena {
  do throws(RuntimeError) { return try Arena(bytes: bytes) } catch { throw StartError(error) }
}

private func take(
  _ bytes: Int, _ arena: inout Arena
) throws(StartError) -> UnsafeMutableRawBufferPointer {
  do throws(RuntimeError) {
    return try arena.take(bytes: bytes)
  } catch {
    throw StartError(error)
  }
}

private func makeEngine(
  _ model: Model, _ threads: Int, _ arena: inout Arena
) throws(StartError) -> Engine {
  let spin = try spinNanoseconds()
  do throws(RuntimeError) {
    return try Engine(
      model: model, arena: &arena, threads: threads, spinNanoseconds: spin)
  } catch {
    throw StartError(error)
  }
}

/// What the environment variable SINF_SPIN asks for, in microseconds up to a second.
private func spinNanoseconds() throws(StartError) -> UInt64 {
  guard let value = environment("SINF_SPIN"), value[0] != 0 else {
    return Engine.defaultSpinNanoseconds
  }
  guard let microseconds = parseInteger(bytes(of: value)), microseconds <= 1_000_000 else {
    throw .spin(value)
  }
  return UInt64(microseconds) * 1000
}

/// The decoder gets what the arena has left.
private func makeDecoder(_ model: Model, _ arena: inout Arena) throws(StartError) -> FrameDecoder {
  let memory = try take(arena.capacity - Arena.rounded(arena.used), &arena)
  do throws(FrameError) {
    return try FrameDecoder(preprocessing: model.preprocessing, memory: memory)
  } catch {
    guard case .memory(let needed, let available) = error else { throw .preprocessing(error) }
    throw .memory(
      needed: arena.capacity - Int(available) + Int(needed), available: arena.capacity)
  }
}
