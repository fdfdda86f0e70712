import CSystem
import SINFRuntime
import SINFSystem
import SINFWatch

/// What is put through the network again and again: the pictures of the command line, or noise.
struct BenchInputs: ~Copyable {
  /// Tensors of noise that take turns.
  static let noiseCount = 16

  private let first: Arguments
  private var words: Arguments
  private var scratch: BenchOptions
  /// Of the folder that the last operand was.
  private var walk: FolderWalk?
  private let walkMemory: UnsafeMutableRawPointer
  let areSynthetic: Bool
  private var noise = 0

  /// - Parameter arguments: operands and options, all of them known to be right.
  init(_ arguments: Arguments, hasOperands: Bool, walkMemory: UnsafeMutableRawPointer) {
    first = arguments
    words = arguments
    scratch = BenchOptions()
    areSynthetic = !hasOperands
    self.walkMemory = walkMemory
  }

  enum Input {
    /// The seed of a tensor of noise.
    case noise(UInt64)
    /// Valid until the next input.
    case picture(UnsafePointer<CChar>)
  }

  /// The next input of this pass, nil behind the last. What a folder holds besides pictures is
  /// passed over.
  mutating func next() throws(BenchFailure) -> Input? {
    if areSynthetic {
      guard noise < BenchInputs.noiseCount else { return nil }
      noise += 1
      return .noise(UInt64(noise))
    }
    while true {
      while let (entry, path) = nextOfFolder() {
        switch entry {
        case .picture: return .picture(path)
        case .other, .folder: break
        case .unreadable(let error): throw BenchFailure(path, .system(error.number))
        case .tooDeep: throw BenchFailure(path, .tooDeep)
        }
      }
      guard let operand = try? scratch.nextOperand(&words) else { return nil }
      if csys_file_kind(operand) != Int32(CSYS_FILE_DIRECTORY.rawValue) {
        return .picture(operand)
      }
      walk = FolderWalk(operand, isRecursive: false, memory: walkMemory)
    }
  }

  private mutating func nextOfFolder() -> (FolderWalk.Entry, UnsafePointer<CChar>)? {
    guard var folder = walk.take(), let entry = folder.next() else { return nil }
    let path = folder.path
    walk = consume folder
    return (entry, path)
  }

  /// Begins with the first input again.
  mutating func rewind() {
    words = first
    walk = nil
    noise = 0
  }
}

/// Why an input is left out: a picture that is not one.
struct BenchFailure: Error, @unchecked Sendable {
  let path: UnsafePointer<CChar>
  let failure: Failure

  init(_ path: UnsafePointer<CChar>, _ failure: Failure) {
    self.path = path
    self.failure = failure
  }
}

/// Fills the bytes with noise: SplitMix64 (Steele, Lea, Flood 2014), eight bytes a step, the lowest
/// first. The same bytes for a seed on every machine.
func fill(_ bytes: UnsafeMutableBufferPointer<UInt8>, seed: UInt64) {
  var state = seed
  var index = 0
  while index < bytes.count {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    word ^= word >> 31
    let end = min(index + 8, bytes.count)
    while index < end {
      bytes[index] = UInt8(truncatingIfNeeded: word)
      word >>= 8
      index += 1
    }
  }
}
