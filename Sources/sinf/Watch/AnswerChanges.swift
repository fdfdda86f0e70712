import SINFSystem

/// --changes: which pictures are reported, when only that counts which is new and lasts.
///
/// A picture is reported when it is the Nth in a row of its folder with the same answer and that is not
/// the answer reported last. Up to 256 folders are told apart, as many as are watched.
struct AnswerChanges {
  /// The answer of a picture that is not sure.
  static let unsure = -1

  /// 0: everything is reported.
  private let repeats: Int
  private var folders = InlineArray<256, Folder>(repeating: Folder())
  private var count = 0

  fileprivate struct Folder {
    var hash: UInt64 = 0
    /// The answer reported last; nil for none.
    var reported: Int?
    /// The answer of the last pictures, and how many there are in a row.
    var latest = 0
    var run = 0
  }

  /// What a picture changes, once its line is written or it needs none.
  struct Step {
    let isReported: Bool
    fileprivate let place: Int
    fileprivate let folder: Folder
  }

  init(_ repeats: Int) {
    self.repeats = repeats
  }

  /// What the answer to the picture at the path means.
  func step(_ path: UnsafePointer<CChar>, _ answer: Int) -> Step {
    guard repeats > 0 else { return Step(isReported: true, place: folders.count, folder: Folder()) }
    let hash = AnswerChanges.hash(ofFolder: path)
    var place = 0
    while place < count, folders[place].hash != hash { place += 1 }
    // One more than are watched: they share the last place.
    place = min(place, folders.count - 1)
    var folder = place < count ? folders[place] : Folder(hash: hash)
    folder.run = folder.run > 0 && folder.latest == answer ? min(folder.run + 1, repeats) : 1
    folder.latest = answer
    let isReported = folder.run == repeats && folder.reported != answer
    if isReported { folder.reported = answer }
    return Step(isReported: isReported, place: place, folder: folder)
  }

  mutating func take(_ step: Step) {
    guard step.place < folders.count else { return }
    folders[step.place] = step.folder
    count = max(count, step.place + 1)
  }

  /// Nothing has been answered.
  mutating func forget() { count = 0 }

  /// FNV-1a (Fowler, Noll, Vo) of the path up to its last '/'.
  private static func hash(ofFolder path: UnsafePointer<CChar>) -> UInt64 {
    let name = lastComponent(path)
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in 0..<(name - path) {
      hash = (hash ^ UInt64(UInt8(bitPattern: path[index]))) &* 0x100_0000_01B3
    }
    return hash
  }
}
