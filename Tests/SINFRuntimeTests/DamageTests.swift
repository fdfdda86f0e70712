import CSystem
import SINFModel
import SINFModelWriter
import SINFRuntime
import Testing

/// Damaged files through the engine: what the reader accepts, the engine survives.
@Suite struct DamageTests {
  private let original: [UInt8]
  private let picture = Picture(bytes: [1, 2, 3, 250, 5, 6, 7, 8, 9, 10, 11, 200])

  init() throws {
    original = try ModelWriter.bytes(for: ColorModel().description)
  }

  private func answers(_ file: FileMemory) throws -> [Answer] {
    let model = try file.model
    // The arena ends with the engine's share; a tail behind it must stay as it is.
    let share = (model.arenaBytes + 63) / 64 * 64
    var arena = try Arena(bytes: share + 4096)
    var engine = try Engine(model: model, arena: &arena)
    let tail = try arena.take(bytes: 4096)
    tail.initializeMemory(as: UInt8.self, repeating: 0xC7)
    var found: [Answer] = []
    var modes: [Mode] = [.routed]
    if model.hasWhole { modes.append(.whole) }
    modes += (0..<model.clusterCount).map { .cluster($0) }
    for mode in modes {
      for index in 0..<engine.inputBytes { engine.input[index] = picture.bytes[index % 12] }
      let outcome = engine.run(mode)
      found.append(answer(engine: &engine, outcome, top: 6))
      let classes = found[found.count - 1].ranked.map(\.classIndex)
      #expect(classes.allSatisfy { $0 >= 0 && $0 < model.classCount })
      #expect(found[found.count - 1].logits.allSatisfy { $0.isFinite })
    }
    #expect(tail.allSatisfy { $0 == 0xC7 }, "written behind the arena's share")
    return found
  }

  @Test func everyDamagedByteIsRefusedOrChangesNothing() throws {
    let file = FileMemory(original)
    let expected = try answers(file)
    var refused = 0
    for offset in original.indices {
      for flip: UInt8 in [0x01, 0x80, 0xFF] {
        file.bytes[offset] ^= flip
        do {
          let found = try answers(file)
          #expect(found == expected, "byte \(offset) xor \(flip)")
        } catch is ModelError {
          refused += 1
        }
        file.bytes[offset] ^= flip
      }
    }
    #expect(refused > 0)
  }

  /// With the checksums made right the answers may differ, but the engine stays inside its memory.
  @Test func repairedDamageIsRefusedOrRunsSafely() throws {
    let file = FileMemory(original)
    var ran = 0
    var refused = 0
    for offset in original.indices {
      let byte = original[offset]
      for value in [0, 1, 2, 4, 64, 128, 255, byte &+ 1, byte &- 1] as Set<UInt8>
      where value != byte {
        var damaged = original
        damaged[offset] = value
        repairChecksums(&damaged)
        file.bytes.copyBytes(from: damaged)
        do {
          _ = try answers(file)
          ran += 1
        } catch is ModelError {
          refused += 1
        }
      }
    }
    #expect(ran > 0 && refused > 0)
  }

  private func repairChecksums(_ bytes: inout [UInt8]) {
    func get(_ offset: Int) -> Int {
      (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }
    func put(_ offset: Int, _ value: UInt32) {
      for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
    }
    func sum(_ start: Int, _ count: Int, _ before: UInt32 = 0) -> UInt32 {
      bytes.withUnsafeBytes { csys_crc32(before, $0.baseAddress! + start, count) }
    }
    let sections = get(Layout.Header.sectionCount)
    let tableBytes = sections * Layout.Section.stride
    guard sections < 64, Layout.Header.byteCount + tableBytes <= bytes.count else { return }
    for index in 0..<sections {
      let entry = Layout.Header.byteCount + index * Layout.Section.stride
      let start = get(entry + Layout.Section.offset)
      let count = get(entry + Layout.Section.byteCount)
      guard start <= bytes.count, count <= bytes.count - start else { continue }
      put(entry + Layout.Section.checksum, sum(start, count))
    }
    put(
      Layout.Header.checksum,
      sum(Layout.Header.byteCount, tableBytes, sum(0, Layout.Header.checksum)))
  }
}
