import CSystem
import SINFWatch

extension WatchCounts {
  /// In memory that working processes share with those that follow them; nil when the system refuses.
  static func shared() -> UnsafeMutablePointer<WatchCounts>? {
    csys_map_shared(MemoryLayout<WatchCounts>.stride)?
      .bindMemory(to: WatchCounts.self, capacity: 1)
  }
}

extension Output {
  /// `12 received = 10 classified + 1 failed + 1 skipped; 0 replayed, 0 overloads, 1 scan`.
  mutating func put(_ counts: WatchCounts) {
    put(counts.received)
    put(" received = ")
    put(counts.classified)
    put(" classified + ")
    put(counts.failed)
    put(" failed + ")
    put(counts.skipped)
    put(" skipped; ")
    put(counts.replayed)
    put(" replayed, ")
    put(counts.overloads)
    put(counts.overloads == 1 ? " overload, " : " overloads, ")
    put(counts.scans)
    put(counts.scans == 1 ? " scan" : " scans")
    if counts.unsure > 0 {
      put(", ")
      put(counts.unsure)
      put(" unsure")
    }
  }

  /// The same as members of a JSON object.
  mutating func putMembers(_ counts: WatchCounts) {
    member("received", counts.received)
    member("classified", counts.classified)
    member("failed", counts.failed)
    member("skipped", counts.skipped)
    member("replayed", counts.replayed)
    member("overloads", counts.overloads)
    member("scans", counts.scans)
    member("reloads", counts.reloads)
    member("unsure", counts.unsure)
  }
}
