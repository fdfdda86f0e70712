import Foundation
import Testing

@testable import SINFWatch

@Suite struct FolderWalkTests {
  /// What a walk finds, as "kind path" lines with paths relative to the folder.
  func walk(_ folder: TemporaryFolder, isRecursive: Bool = false) -> [String] {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: FolderWalk.memoryBytes, alignment: 8)
    defer { memory.deallocate() }
    var found: [String] = []
    folder.path.withCString { path in
      var walk = FolderWalk(path, isRecursive: isRecursive, memory: memory)
      while let entry = walk.next() {
        let name = String(cString: walk.path).dropFirst(folder.path.count + 1)
        switch entry {
        case .picture: found.append("picture \(name)")
        case .other: found.append("other \(name)")
        case .folder: found.append("folder \(name)")
        case .unreadable(let error): found.append("unreadable(\(error.number)) \(name)")
        case .tooDeep: found.append("too deep \(name)")
        }
      }
    }
    return found
  }

  @Test func ordersByNameAndTellsPicturesFromTheRest() throws {
    let folder = try TemporaryFolder()
    for name in ["b.JPG", "a.png", "a.b.jpeg", "notes.txt", "jpg", ".hidden.jpg", "c.jfif"] {
      try folder.write(name)
    }
    try folder.write("camera_0001", [0xFF, 0xD8, 0xFF, 0xE0])
    try folder.write("screen", [0x89, 0x50, 0x4E, 0x47])
    try folder.makeFolder("d.jpg")
    try folder.link("dangling.jpg", to: "nowhere")
    try folder.link("dangling", to: "nowhere")
    #expect(
      walk(folder) == [
        "other .hidden.jpg", "picture a.b.jpeg", "picture a.png", "picture b.JPG", "picture c.jfif",
        "picture camera_0001", "folder d.jpg", "other dangling", "picture dangling.jpg",
        "other jpg",
        "other notes.txt", "picture screen",
      ])
  }

  @Test(arguments: [0, 1, 511, 512, 513, 1024, 1500])
  func listsMoreNamesThanTheTableHolds(count: Int) throws {
    let folder = try TemporaryFolder()
    var names: [String] = []
    for index in 0..<count { names.append("\(index * 7919 % count).png") }
    for name in names { try folder.write(name) }
    let expected = names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    #expect(walk(folder) == expected.map { "picture \($0)" })
  }

  @Test func entersFoldersInTheirPlace() throws {
    let folder = try TemporaryFolder()
    for name in ["a.png", "m/x.png", "m/y/z.png", "n/w.png", "z.png"] { try folder.write(name) }
    try folder.makeFolder("empty")
    try folder.link("back", to: ".")
    #expect(
      walk(folder, isRecursive: true) == [
        "picture a.png", "folder back", "picture m/x.png", "picture m/y/z.png", "picture n/w.png",
        "picture z.png",
      ])
    #expect(
      walk(folder) == [
        "picture a.png", "folder back", "folder empty", "folder m", "folder n", "picture z.png",
      ])
  }

  @Test func goesOnAfterAFolderWithManyEntries() throws {
    let folder = try TemporaryFolder()
    for index in 0..<600 { try folder.write("m/\(index).png") }
    for index in 0..<600 { try folder.makeFolder("n\(index)") }
    try folder.write("z.png")
    let found = walk(folder, isRecursive: true)
    #expect(found.count == 601)
    #expect(Set(found).count == 601)
    #expect(found.last == "picture z.png")
  }

  @Test func namesAFolderThatCannotBeRead() throws {
    let folder = try TemporaryFolder()
    let missing = TemporaryFolder(missingIn: folder)
    #expect(walk(missing) == ["unreadable(2) "])
  }
}
