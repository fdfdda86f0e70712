import Testing

@testable import SINFWatch

@Suite struct FateTableTests {
  func withTable(capacity: Int, _ work: (inout FateTable) -> Void) {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: FateTable.bytes(capacity: capacity), alignment: 8)
    defer { memory.deallocate() }
    var table = FateTable(memory: memory, capacity: capacity)
    work(&table)
  }

  /// The same low bits: all want the same slot.
  func colliding(_ index: Int) -> FrameIdentity {
    FrameIdentity(number: UInt64(index + 1) << 40)
  }

  @Test(arguments: [1, 2, 12, 13, 100]) func fillsToItsCapacityAndNoFurther(capacity: Int) {
    withTable(capacity: capacity) { table in
      for index in 0..<capacity {
        #expect(table.note(index % 2 == 0 ? .classified : .failed, of: colliding(index)) == true)
      }
      #expect(table.count == capacity)
      #expect(table.note(.classified, of: colliding(capacity)) == false)
      #expect(table[colliding(capacity)] == nil)
      for index in 0..<capacity {
        #expect(table[colliding(index)] == (index % 2 == 0 ? .classified : .failed))
      }
      table.removeAll()
      #expect(table.count == 0)
      #expect(table[colliding(0)] == nil)
    }
  }

  @Test func countsTheUncertain() {
    withTable(capacity: 4) { table in
      #expect(table.note(.uncertain, of: colliding(0)) == true)
      #expect(table.note(.uncertain, of: colliding(0)) == true)
      #expect(table.note(.uncertain, of: colliding(1)) == true)
      #expect(table.uncertainCount == 2)
      #expect(table.note(.unreported, of: colliding(0)) == true)
      #expect(table.note(.classified, of: colliding(1)) == true)
      #expect(table.uncertainCount == 0)
      #expect(table.count == 2)
      #expect(table[colliding(0)] == .unreported)
    }
  }

  @Test func marksWhatItKnows() {
    withTable(capacity: 8) { table in
      for index in 0..<4 { #expect(table.note(.failed, of: colliding(index)) == true) }
      table.mark(colliding(1))
      table.mark(colliding(3))
      table.mark(colliding(7))
      #expect(table[colliding(1)] == .failed)
      var index = 0
      var marked: [UInt64] = []
      while let known = table.nextMarked(&index) {
        #expect(known.fate == .failed)
        marked.append(known.identity.number)
      }
      #expect(Set(marked) == [colliding(1).number, colliding(3).number])
      table.clearMarks()
      index = 0
      #expect(table.nextMarked(&index) == nil)
    }
  }

  /// Against a dictionary, with frames that want the same places, also at the table's end.
  @Test(arguments: [1, 2, 3, 4, 5]) func removesAsADictionaryDoes(seed: UInt64) {
    var state = seed
    func random(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    withTable(capacity: 24) { table in
      var model: [UInt64: FrameFate] = [:]
      for _ in 0..<4000 {
        // Places 0 to 3 and the last four of 32, eight frames each.
        let place = UInt64((random(8) + 28) % 32)
        let identity = FrameIdentity(number: place << 4 | UInt64(random(8) + 1) << 40)
        switch random(8) {
        case 0...3:
          let fate: FrameFate = random(2) == 0 ? .failed : .uncertain
          let isNew = model[identity.number] == nil
          let fits = table.note(fate, of: identity)
          #expect(fits == (!isNew || model.count < 24))
          if fits { model[identity.number] = fate }
        case 4...6:
          table.remove(identity)
          model[identity.number] = nil
        default:
          if random(20) == 0 {
            table.clearMarks()
            let kept = model.keys.filter { _ in random(3) > 0 }
            for number in kept { table.mark(FrameIdentity(number: number)) }
            table.removeUnmarked()
            model = model.filter { kept.contains($0.key) }
          }
        }
        #expect(table.count == model.count)
        #expect(table.failedCount == model.values.count { $0 == .failed })
        #expect(table.uncertainCount == model.values.count { $0 == .uncertain })
        for (number, fate) in model { #expect(table[FrameIdentity(number: number)] == fate) }
      }
    }
  }
}
