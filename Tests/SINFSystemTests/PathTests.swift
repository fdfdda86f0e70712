import Testing

@testable import SINFSystem

@Suite struct PathTests {
  /// A path in memory with bytes behind it that must stay as they are.
  func withPath(capacity: Int = Path.capacity, _ work: (inout Path) -> Void) {
    let guarded = 64
    let memory = UnsafeMutableRawPointer.allocate(byteCount: capacity + guarded, alignment: 8)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: 0xA5, count: capacity + guarded)
    var path = Path(memory: memory, capacity: capacity)
    work(&path)
    for index in capacity..<capacity + guarded {
      #expect(memory.load(fromByteOffset: index, as: UInt8.self) == 0xA5, "byte \(index)")
    }
  }

  @Test(arguments: [
    ("a", "b", "a/b"), ("a/", "b", "a/b"), ("/", "b", "/b"), ("", "b", "b"), ("a", "", "a"),
    ("", "", ""),
  ])
  func joins(folder: String, name: String, expected: String) {
    withPath {
      let fits = $0.set(folder, name)
      #expect(fits)
      #expect(String(cString: $0.text) == expected)
      #expect($0.count == expected.utf8.count)
    }
  }

  @Test(arguments: [(0, "a.0"), (9, "a.9"), (10, "a.10"), (9999, "a.9999")])
  func appendsNumbers(number: Int, expected: String) {
    withPath {
      let fits = $0.set("a") && $0.append(".") && $0.append(number: number)
      #expect(fits)
      #expect(String(cString: $0.text) == expected)
    }
  }

  @Test func appendsTheLargestNumberAndNoNegativeOne() {
    withPath {
      let fits = $0.append(number: Int.max)
      #expect(fits)
      #expect(String(cString: $0.text) == "\(Int.max)")
      let isNegativeTaken = $0.append(number: -1)
      #expect(!isNegativeTaken)
      $0.cut(to: 1)
      #expect(String(cString: $0.text) == "9")
    }
  }

  /// What does not fit leaves no half of it: a folder's path may be as long as the system takes, and
  /// then nothing below it has a path.
  @Test(arguments: [8, Path.capacity, Path.longCapacity])
  func holdsUpToItsCapacity(capacity: Int) {
    let longest = String(repeating: "p", count: capacity - 1)
    withPath(capacity: capacity) {
      var fits = $0.set(longest)
      #expect(fits)
      fits = $0.append("p") || $0.join("p") || $0.append(number: 1)
      #expect(!fits)
      #expect(String(cString: $0.text) == longest)
      fits =
        $0.set(longest, "p") || $0.set(longest + "p") || $0.set(String(longest.dropLast()), "p")
      #expect(!fits)
      #expect($0.count == 0)
      fits = $0.set(String(longest.dropLast(2)), "p")
      #expect(fits)
      fits = $0.set("d") && $0.join(longest)
      #expect(!fits)
      #expect(String(cString: $0.text) == "d")
    }
  }

  @Test(arguments: [("a/b", "b"), ("b", "b"), ("/b", "b"), ("a/", ""), ("", "")])
  func findsTheLastComponent(path: String, expected: String) {
    path.withCString { #expect(String(cString: lastComponent($0)) == expected) }
  }
}
