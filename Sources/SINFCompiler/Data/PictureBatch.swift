import Dispatch
import Foundation
import SINFPictures
import SINFModel

/// Decodes picture files into network inputs with the device's decoder, on all cores.
struct PictureBatch {
  let preprocessing: Preprocessing

  /// Room for a large progressive JPEG: a host has memory to spare.
  private static let decoderBytes = 192 << 20

  /// What became of each file, in order: HWC bytes of the network's input, or why there are none.
  func decode(
    _ files: [String], progress: ((Int, Int) -> Void)?
  ) throws -> [Result<[UInt8], DatasetError>] {
    let workers = max(1, min(ProcessInfo.processInfo.activeProcessorCount, files.count / 16))
    let state = State(count: files.count, progress: progress)
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      do throws(FrameError) {
        try work(files, state)
      } catch {
        state.fail(DatasetError("decoder", Self.text(error)))
      }
    }
    return try state.results()
  }

  private func work(_ files: [String], _ state: State) throws(FrameError) {
    // Pages that no picture needs are never touched.
    let bytes = FrameDecoder.bytesNeeded(
      preprocessing: preprocessing, decoderBytes: Self.decoderBytes)
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 64)
    defer { memory.deallocate() }
    let pixels = Int(preprocessing.width) * Int(preprocessing.height)
    let input = UnsafeMutablePointer<UInt8>.allocate(capacity: pixels * 4)
    defer { input.deallocate() }
    var decoder = try FrameDecoder(preprocessing: preprocessing, memory: memory)
    while let index = state.next() {
      state.finish(index, decodeFile(files[index], &decoder, input, pixels))
    }
  }

  private func decodeFile(
    _ path: String, _ decoder: inout FrameDecoder, _ input: UnsafeMutablePointer<UInt8>,
    _ pixels: Int
  ) -> Result<[UInt8], DatasetError> {
    guard let data = FileManager.default.contents(atPath: path) else {
      return .failure(DatasetError(path, "can't be read"))
    }
    let outcome = data.withUnsafeBytes { bytes -> FrameError? in
      var source = ByteSource(memory: bytes)
      do throws(FrameError) {
        _ = try decoder.decode(&source, into: input)
        return nil
      } catch {
        return error
      }
    }
    if let outcome { return .failure(DatasetError(path, Self.text(outcome))) }
    let channels = Int(preprocessing.channels)
    return .success(
      [UInt8](unsafeUninitializedCapacity: pixels * channels) { target, written in
        for i in 0..<pixels {
          for c in 0..<channels { target[i &* channels &+ c] = input[i &* 4 &+ c] }
        }
        written = pixels * channels
      })
  }

  private static func text(_ error: FrameError) -> String {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { buffer in
      let count = error.describe(into: buffer)
      return String(decoding: UnsafeBufferPointer(rebasing: buffer[..<count]), as: UTF8.self)
    }
  }

  /// What the workers share.
  private final class State: @unchecked Sendable {
    private let lock = NSLock()
    private let progress: ((Int, Int) -> Void)?
    private var taken = 0
    private var done = 0
    private var failure: DatasetError?
    private var finished: [Result<[UInt8], DatasetError>?]

    init(count: Int, progress: ((Int, Int) -> Void)?) {
      finished = Array(repeating: nil, count: count)
      self.progress = progress
    }

    func next() -> Int? {
      lock.withLock {
        guard taken < finished.count, failure == nil else { return nil }
        taken += 1
        return taken - 1
      }
    }

    func finish(_ index: Int, _ result: Result<[UInt8], DatasetError>) {
      lock.withLock {
        finished[index] = result
        done += 1
        progress?(done, finished.count)
      }
    }

    func fail(_ error: DatasetError) { lock.withLock { failure = error } }

    func results() throws -> [Result<[UInt8], DatasetError>] {
      if let failure { throw failure }
      return finished.map { $0! }
    }
  }
}
