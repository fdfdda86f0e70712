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
  }

  /// The same as the members of a JSON object, with a comma before each.
  mutating func put(jsonMembers counts: WatchCounts) {
    put(key: "received", UInt64(counts.received))
    put(key: "classified", UInt64(counts.classified))
    put(key: "failed", UInt64(counts.failed))
    put(key: "skipped", UInt64(counts.skipped))
    put(key: "replayed", UInt64(counts.replayed))
    put(key: "overloads", UInt64(counts.overloads))
    put(key: "scans", UInt64(counts.scans))
    put(key: "reloads", UInt64(counts.reloads))
  }
}
