import Foundation
import SINFSystem
import Testing

@testable import SINFWatch

@Suite struct FolderScanTests {
  /// What a scan finds, as "kind path" lines, sorted; `visit` is told of each before the next.
  func scan(
    _ folder: TemporaryFolder, isRecursive: Bool = false, leavingOut left: String? = nil,
    visit: (String) -> Void = { _ in }
  ) -> [String] {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: FolderScan<HostSystem>.memoryBytes, alignment: 8)
    defer { memory.deallocate() }
    let system = HostSystem()
    var found: [String] = []
    var scan = FolderScan(memory: memory, disk: system)
    guard let root = try? folder.path.withCString({ try system.openFolder($0) }) else {
      return ["no folder"]
    }
    defer { system.close(root) }
    scan.begin(root, isRecursive: isRecursive)
    while let entry = scan.next() {
      let name = String(cString: scan.path.text)
      switch entry {
      case .file(let status): found.append("\(status.kind == .regular ? "file" : "other") \(name)")
      case .folder:
        found.append("folder \(name)")
        if name == left { scan.leaveOut() }
      case .unreadable(let error): found.append("unreadable(\(error.number)) \(name)")
      case .tooDeep: found.append("too deep \(name)")
      }
      visit(found[found.count - 1])
    }
    return found.sorted()
  }

  @Test func findsAllButHiddenNames() throws {
    let folder = try TemporaryFolder()
    for name in ["a.png", "b", ".hidden", "m/c.png", "m/.d", ".n/e.png"] { try folder.write(name) }
    try folder.link("dangling", to: "nowhere")
    try folder.link("linked", to: "m")
    #expect(
      scan(folder) == ["file a.png", "file b", "folder m", "other dangling", "other linked"])
    #expect(
      scan(folder, isRecursive: true) == [
        "file a.png", "file b", "file m/c.png", "folder m", "other dangling", "other linked",
      ])
  }

  @Test func leavesOutTheFolderItIsToldTo() throws {
    let folder = try TemporaryFolder()
    for name in ["done/a.png", "in/b.png", "in/deep/c.png"] { try folder.write(name) }
    #expect(
      scan(folder, isRecursive: true, leavingOut: "done") == [
        "file in/b.png", "file in/deep/c.png", "folder done", "folder in", "folder in/deep",
      ])
  }

  @Test func followsFoldersSoDeepAndNoDeeper() throws {
    let folder = try TemporaryFolder()
    let deep = (1..<FolderScan<HostSystem>.depthLimit).map { _ in "d" }.joined(separator: "/")
    try folder.write(deep + "/a.png")
    try folder.write(deep + "/e/b.png")
    let found = scan(folder, isRecursive: true)
    #expect(found.contains("file \(deep)/a.png"))
    #expect(found.contains("too deep \(deep)/e"))
    #expect(!found.contains { $0.hasSuffix("b.png") })
  }

  /// A folder that goes between being seen and being entered was not there; the rest is found.
  @Test func passesOverAFolderThatGoesMeanwhile() throws {
    let folder = try TemporaryFolder()
    for name in ["in/gone/a.png", "in/b.png", "c.png"] { try folder.write(name) }
    let found = scan(folder, isRecursive: true) {
      if $0 == "folder in/gone" {
        try? FileManager.default.removeItem(atPath: folder.path + "/in/gone")
      }
    }
    #expect(found == ["file c.png", "file in/b.png", "folder in", "folder in/gone"])
  }

  /// A folder that is swapped for a link between being seen and being entered is not followed.
  @Test func followsNoLinkThatTakesAFoldersPlace() throws {
    let folder = try TemporaryFolder()
    let outside = try TemporaryFolder()
    for name in ["in/a.png", "c.png"] { try folder.write(name) }
    try outside.write("secret.png")
    let found = scan(folder, isRecursive: true) {
      if $0 == "folder in" {
        try? FileManager.default.removeItem(atPath: folder.path + "/in")
        try? folder.link("in", to: outside.path)
      }
    }
    #expect(!found.contains { $0.contains("secret") })
    #expect(found.contains("file c.png"))
  }
}
