import SINFModel
import SINFModelWriter
import Testing

/// Damage anywhere in a file, with the checksums left alone (accidents) or made right again
/// (intent). The bytes end at an inaccessible page, so that reading past them is a crash.
@Suite struct CorruptionTests {
  let original: [UInt8]

  init() throws {
    original = try ModelWriter.bytes(for: TinyModel.description)
  }

  @Test func everyDamagedByteIsRefused() {
    let file = GuardedBytes(original)
    let tableEnd = FileEditor.entry(FileEditor(bytes: original).sectionCount)
    var accepted: [String] = []
    for offset in original.indices {
      let byte = original[offset]
      let damaged: [UInt8] =
        offset < tableEnd
        ? (1...255).map { byte ^ $0 }
        : [byte ^ 0x01, byte ^ 0x10, byte ^ 0x80, byte ^ 0xFF, byte &+ 1, byte &- 1]
      for value in damaged where value != byte {
        file.bytes[offset] = value
        if file.refusal == nil { accepted.append("byte \(offset) = \(value)") }
      }
      file.bytes[offset] = byte
    }
    #expect(accepted.isEmpty, "\(accepted.prefix(5))")
    #expect(file.refusal == nil)
  }

  @Test func everyTruncationIsRefused() {
    var accepted: [Int] = []
    for count in 0..<original.count {
      if GuardedBytes(Array(original[..<count])).refusal == nil { accepted.append(count) }
    }
    #expect(accepted.isEmpty, "\(accepted.prefix(5))")
  }

  @Test func everyExtensionIsRefused() {
    for count in 1...130 {
      let longer = original + [UInt8](repeating: 0, count: count)
      #expect(GuardedBytes(longer).refusal != nil)
    }
  }

  /// Truncation where the file's length and checksums are made to fit.
  @Test func everyRepairedTruncationIsRefused() {
    var accepted: [Int] = []
    for count in stride(from: 64, to: original.count, by: 8) {
      var editor = FileEditor(bytes: Array(original[..<count]))
      editor.put(Layout.Header.fileBytes, UInt64(count))
      editor.repairChecksums()
      if GuardedBytes(editor.bytes).refusal == nil { accepted.append(count) }
    }
    #expect(accepted.isEmpty, "\(accepted.prefix(5))")
  }

  /// Every byte of header, table and metadata takes several values, checksums repaired: refused,
  /// or safe to walk through.
  @Test(arguments: 0..<4) func everyRepairedDamageIsRefusedOrSafe(part: Int) {
    let editor = FileEditor(bytes: original)
    let firstWeights = editor.section(.weights).lowerBound
    let file = GuardedBytes(original)
    var accepted = 0
    var refused = 0
    for offset in stride(from: part, to: firstWeights, by: 4)
    where !(Layout.Header.checksum..<Layout.Header.byteCount).contains(offset) {
      let byte = original[offset]
      let values: [UInt8] = [
        0, 1, 2, 3, 4, 7, 8, 63, 64, 127, 128, 254, 255, byte &+ 1, byte &- 1, byte ^ 0x80,
        byte &+ 4, byte &- 4, byte &+ 64,
      ]
      for value in Set(values) where value != byte {
        var damaged = editor
        damaged.bytes[offset] = value
        damaged.repairChecksums()
        switch outcome(damaged.bytes, file) {
        case .refused: refused += 1
        case .safe: accepted += 1
        case .unsafe(let place): Issue.record("byte \(offset) = \(value): \(place)")
        }
      }
    }
    // Names, digests, thresholds and the like may change and stay valid; most of the rest may not.
    #expect(accepted > 0)
    #expect(refused > accepted)
  }

  /// The same for the weights, where most values are legal.
  @Test func everyRepairedDamageOfWeightsIsRefusedOrSafe() {
    let editor = FileEditor(bytes: original)
    let file = GuardedBytes(original)
    for offset in editor.section(.weights).lowerBound..<original.count {
      let byte = original[offset]
      for value in [byte ^ 0x01, byte ^ 0x80, 0x80, 0xFF] as Set<UInt8> where value != byte {
        var damaged = editor
        damaged.bytes[offset] = value
        damaged.repairChecksums()
        if case .unsafe(let place) = outcome(damaged.bytes, file) {
          Issue.record("byte \(offset) = \(value): \(place)")
        }
      }
    }
  }

  /// Several fields at once take hostile values, checksums repaired.
  @Test(arguments: [UInt64(1), 2, 3, 4]) func hostileCombinationsAreRefusedOrSafe(seed: UInt64) {
    let editor = FileEditor(bytes: original)
    let firstWeights = editor.section(.weights).lowerBound
    let file = GuardedBytes(original)
    var random = SplitMix(state: seed)
    let hostile: [UInt64] = [
      0, 1, 2, 4, 63, 64, 65, 255, 256, 0x3FFF, 0x4000, 0x4001, 0x7FFF, 0x8000, 0xFFFF, 0x10000,
      0x3FFF_FFFF, 0x4000_0000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFC0, 0xFFFF_FFFF,
      0x1_0000_0000, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, .max, 0x7F80_0000, 0x7FC0_0000,
    ]
    for _ in 0..<10_000 {
      var damaged = editor
      for _ in 0...random.below(2) {
        let value = hostile[random.below(hostile.count)]
        let size = [1, 2, 4, 8][random.below(4)]
        let offset = random.below(firstWeights / size) * size
        withUnsafeBytes(of: value.littleEndian) {
          damaged.bytes.replaceSubrange(offset..<offset + size, with: $0.prefix(size))
        }
      }
      damaged.repairChecksums()
      if case .unsafe(let place) = outcome(damaged.bytes, file) {
        Issue.record("seed \(seed): \(place)")
      }
    }
  }

  enum Outcome {
    case refused
    case safe
    case unsafe(String)
  }

  func outcome(_ bytes: [UInt8], _ file: GuardedBytes) -> Outcome {
    file.bytes.copyBytes(from: bytes)
    do throws(ModelError) {
      let model = try file.model
      let place = firstUnsafe(in: model, file: UnsafeRawBufferPointer(file.bytes))
      return place.map(Outcome.unsafe) ?? .safe
    } catch {
      // Every refusal has a message and a place that can be looked up.
      return error.offset >= 0 && !error.description.isEmpty ? .refused : .unsafe("no place")
    }
  }
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers everywhere.
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
