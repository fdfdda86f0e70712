import Testing

@testable import SINFSystem

@Suite struct PathBufferTests {
  func withBuffer(_ work: (PathBuffer) -> Void) {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: PathBuffer.capacity, alignment: 8)
    defer { memory.deallocate() }
    work(PathBuffer(memory: memory))
  }

  @Test(arguments: [
    ("a", "b", "a/b"), ("a/", "b", "a/b"), ("/", "b", "/b"), ("", "b", "b"), ("a", "", "a"),
    ("", "", ""),
  ])
  func joins(folder: String, name: String, expected: String) {
    withBuffer {
      #expect($0.set(folder, name))
      #expect(String(cString: $0.path) == expected)
    }
  }

  @Test func numbersNames() {
    withBuffer {
      #expect($0.set("a.jpg", "") && $0.append(number: 0))
      #expect(String(cString: $0.path) == "a.jpg.0")
      #expect($0.set("d/", "") && $0.append(number: 9999))
      #expect(String(cString: $0.path) == "d/9999")
      #expect($0.set("a", "") && $0.append(number: Int.max))
      #expect(String(cString: $0.path) == "a.\(Int.max)")
      #expect(!$0.append(number: -1))
      $0.cut(before: 1)
      #expect(String(cString: $0.path) == "a")
    }
  }

  @Test func holdsUpToItsCapacity() {
    let longest = String(repeating: "p", count: PathBuffer.capacity - 1)
    withBuffer {
      #expect($0.set(longest, ""))
      #expect(String(cString: $0.path) == longest)
      #expect(!$0.append("p"))
      #expect(!$0.append(number: 1))
      #expect(!$0.set(longest, "p"))
      #expect(!$0.set(longest + "p", ""))
      #expect($0.set(String(longest.dropLast(2)), "p"))
      #expect(!$0.set(String(longest.dropLast(1)), "p"))
    }
  }

  @Test(arguments: [("a/b", "b"), ("b", "b"), ("/b", "b"), ("a/", ""), ("", "")])
  func findsTheLastComponent(path: String, expected: String) {
    path.withCString { #expect(String(cString: lastComponent($0)) == expected) }
  }
}
