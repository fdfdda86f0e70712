import SINFSystem
import Testing

@testable import SINFWatch

/// The loop is killed at every single operation, and what follows it makes up for that.
@Suite struct KillTests {
  enum Way: String, CaseIterable {
    case stays, done, unsure, kept, deleted, rotated, compacted
  }

  static func watcher(_ way: Way) -> Watcher {
    let watcher = Watcher { settings, text in
      switch way {
      case .stays: break
      case .done: settings.done = text("/done")
      case .unsure:
        settings.done = text("/done")
        settings.unsure = text("/unsure")
      case .kept:
        settings.deletesDone = true
        settings.unsure = text("/unsure")
      case .deleted: settings.deletesDone = true
      case .rotated:
        settings.rotateBytes = 200
        settings.rotateKeep = 9
      case .compacted: settings.deletesDone = true
      }
    }
    watcher.system.makeFolder("done")
    watcher.system.makeFolder("unsure")
    return watcher
  }

  /// Frames come in two lots, with a rest between them. False when the process was killed.
  static func live(_ watcher: Watcher, _ way: Way) -> Bool {
    let hasStarted = (try? watcher.start()) != nil
    if hasStarted { watcher.pass(seconds: 3) }
    if way == .compacted {
      for index in 10..<140 { watcher.system.write("/in/\(index).png", "good") }
    } else {
      let texts = ["vague", "bad", "good"]
      for index in 3..<6 { watcher.system.write("/in/\(index).png", texts[index - 3]) }
    }
    if hasStarted { watcher.pass(seconds: 3) }
    return !watcher.system.isDead
  }

  @Test(arguments: Way.allCases, [false, true])
  func reportsEachFrameOnce(way: Way, isPower: Bool) throws {
    // An undisturbed life says how many operations there are.
    let measured = KillTests.watcher(way)
    for index in 0..<3 { measured.system.write("/in/\(index).png", "good", event: nil) }
    #expect(KillTests.live(measured, way))
    let expected = Set(measured.lines)
    let total = measured.system.operations
    #expect(expected.count == measured.lines.count)
    #expect(total > 20)
    let step = way == .compacted ? 41 : 1
    for lifetime in stride(from: 0, through: total, by: step) {
      let watcher = KillTests.watcher(way)
      for index in 0..<3 { watcher.system.write("/in/\(index).png", "good", event: nil) }
      watcher.system.lifetime = lifetime
      let survived = KillTests.live(watcher, way)
      watcher.restart(cuttingPower: isPower)
      try watcher.start()
      watcher.pass(seconds: 40)
      #expect(watcher.lines.sorted() == expected.sorted(), "killed after \(lifetime)")
      #expect(!watcher.lines.contains("torn"), "killed after \(lifetime)")
      if way == .unsure || way == .kept {
        #expect(watcher.system.names(in: "/unsure") == ["3.png"], "killed after \(lifetime)")
        #expect(watcher.system.names(in: "/in") == ["4.png"], "killed after \(lifetime)")
        let done = way == .unsure ? ["0.png", "1.png", "2.png", "5.png"] : []
        #expect(watcher.system.names(in: "/done") == done, "killed after \(lifetime)")
      }
      if survived { break }
    }
  }

  /// A frame that no process survives is reported as failed in the end, and the others are labelled.
  @Test(arguments: [0, 3, 9]) func getsPastAFrameThatKills(position: Int) throws {
    let watcher = Watcher { settings, _ in settings.deletesDone = true }
    for index in 0..<10 {
      watcher.system.write(
        "/in/\(index).png", index == position ? "bad poison" : "good", event: nil)
    }
    watcher.system.now += 10_000_000_000
    watcher.log.whileLabelling = {
      if $0 == "bad poison" { watcher.system.lifetime = watcher.system.operations }
    }
    var starts = 0
    while watcher.lines.count < 10, starts < 12 {
      starts += 1
      watcher.restart()
      try watcher.start()
      watcher.pass(seconds: 3)
    }
    #expect(
      watcher.lines.sorted()
        == (0..<10).map { $0 == position ? "failed \($0).png" : "classified \($0).png" }.sorted())
    #expect(starts <= 6)
  }
}
