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
        #expect(table.isFull == false)
        #expect(table.note(index % 2 == 0 ? .classified : .failed, of: colliding(index)) == true)
      }
      #expect(table.isFull == true)
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
}
