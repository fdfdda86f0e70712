import Foundation
import SINFSystem

@testable import SINFWatch

/// A machine in memory: clocks that stand still unless they are moved, a disk that forgets what was not
/// synced when its power is cut, and an end that can come at any operation.
final class FalseSystem: WatchSystem {
  /// A file or folder.
  final class Node {
    var kind: FileKind
    let inode: UInt64
    var device: UInt64 = 1
    var bytes: [UInt8] = []
    /// What a power cut leaves.
    var synced: [UInt8] = []
    var modified: Int64 = 0
    var changed: Int64 = 0
    /// Who has it open for writing.
    var writing = Writing.nobody
    var entries: [String: Node] = [:]

    init(_ kind: FileKind, inode: UInt64) {
      self.kind = kind
      self.inode = inode
    }
  }

  struct Open {
    let node: Node
    var names: [String] = []
    var next = 0
  }

  let root = Node(.directory, inode: 1)
  var now: UInt64 = 1_000_000_000_000
  private var inodes: UInt64 = 1
  private(set) var open: [Int32: Open] = [:]
  private var nextDescriptor: Int32 = 10
  /// Operations with an effect so far, and after how many the process ends: whatever comes then has
  /// none.
  var operations = 0
  var lifetime = Int.max
  var isDead: Bool { operations >= lifetime }
  /// Fails operations of this name (and path) while it returns an error.
  var failure: (String, String) -> Errno? = { _, _ in nil }
  var silent = false
  var hasEvents = true
  fileprivate var queue: [FolderEvent] = []
  private var names: [UnsafeMutablePointer<CChar>] = []

  deinit { for name in names { free(name) } }

  var events: FalseEvents { FalseEvents(system: self) }

  // MARK: For tests

  func node(_ path: String) -> Node? {
    var at: Node? = root
    for part in path.split(separator: "/") { at = at?.entries[String(part)] }
    return at
  }

  func makeFolder(_ path: String) {
    var at = root
    for part in path.split(separator: "/").map(String.init) {
      if at.entries[part] == nil { at.entries[part] = make(.directory) }
      at = at.entries[part]!
    }
  }

  /// A file with this text, from now on; an event tells of it.
  @discardableResult
  func write(_ path: String, _ text: String, event: FolderEvent.Kind? = .closed) -> Node {
    let (folder, name) = split(path)
    let node = make(.regular)
    node.bytes = Array(text.utf8)
    node.synced = node.bytes
    folder.entries[name] = node
    if let event { push(event, folder, name) }
    return node
  }

  func push(_ kind: FolderEvent.Kind, _ folder: Node, _ name: String) {
    guard hasEvents else { return }
    queue.append(FolderEvent(kind, watch: Int32(folder.inode), name: keep(name)))
  }

  func text(_ path: String) -> String { String(decoding: node(path)?.bytes ?? [], as: UTF8.self) }

  func names(in path: String) -> [String] { (node(path)?.entries.keys).map { $0.sorted() } ?? [] }

  /// The process is gone, and with it what it had open. Those that follow live.
  func endProcess() {
    open.removeAll()
    queue.removeAll()
    lifetime = Int.max
  }

  /// Files have what was synced of them, and none of it is in doubt from now on.
  func cutPower() {
    endProcess()
    func revert(_ node: Node) {
      if node.kind == .regular { node.bytes = node.synced }
      for entry in node.entries.values { revert(entry) }
    }
    revert(root)
  }

  private func make(_ kind: FileKind) -> Node {
    inodes += 1
    let node = Node(kind, inode: inodes)
    node.modified = fileNanoseconds
    node.changed = fileNanoseconds
    return node
  }

  private func split(_ path: String) -> (Node, String) {
    let parts = path.split(separator: "/").map(String.init)
    return (node(parts.dropLast().joined(separator: "/"))!, parts.last!)
  }

  private func keep(_ text: String) -> UnsafePointer<CChar> {
    let copy = strdup(text)!
    names.append(copy)
    return UnsafePointer(copy)
  }

  // MARK: Time

  var monotonicNanoseconds: UInt64 { now }
  var wallNanoseconds: Int64 { 1_700_000_000_000_000_000 + Int64(now) }
  var fileNanoseconds: Int64 { wallNanoseconds / 4_000_000 * 4_000_000 }
  func pause(nanoseconds: UInt64) { now += nanoseconds }

  // MARK: Operations

  /// Counts an operation that changes something; false when the process has ended before it.
  private func act(_ name: String, _ path: String) throws(Errno) {
    if let error = failure(name, path) { throw error }
    if isDead { throw Errno(EIO) }
    operations += 1
  }

  private func add(_ node: Node) -> Int32 {
    nextDescriptor += 1
    open[nextDescriptor] = Open(node: node)
    return nextDescriptor
  }

  private func find(_ path: String, from start: Node? = nil) throws(Errno) -> Node {
    var at = start ?? root
    for part in path.split(separator: "/") where part != "." {
      guard at.kind == .directory else { throw Errno(ENOTDIR) }
      guard let next = at.entries[String(part)] else { throw .noSuchFile }
      at = next
    }
    return at
  }

  private func place(
    _ path: String, from start: Node? = nil
  ) throws(Errno) -> (folder: Node, name: String) {
    let parts = path.split(separator: "/").map(String.init)
    let folder = try find(parts.dropLast().joined(separator: "/"), from: start)
    guard folder.kind == .directory else { throw Errno(ENOTDIR) }
    return (folder, parts.last ?? "")
  }

  private func node(of descriptor: Int32) throws(Errno) -> Node {
    guard let node = open[descriptor]?.node else { throw Errno(EBADF) }
    return node
  }

  private func status(_ node: Node) -> FileStatus {
    var status = FileStatus()
    status.kind = node.kind
    status.device = node.device
    status.inode = node.inode
    status.bytes = UInt64(node.bytes.count)
    status.modifiedNanoseconds = node.modified
    status.changedNanoseconds = node.changed
    return status
  }

  func openFolder(_ path: UnsafePointer<CChar>) throws(Errno) -> Int32 {
    let node = try find(String(cString: path))
    guard node.kind == .directory else { throw Errno(ENOTDIR) }
    return add(node)
  }

  func openPlace(_ path: UnsafePointer<CChar>) throws(Errno) -> Int32 { try openFolder(path) }

  func openFolder(_ path: UnsafePointer<CChar>, in folder: Int32) throws(Errno) -> Int32 {
    let node = try find(String(cString: path), from: try node(of: folder))
    guard node.kind == .directory else { throw Errno(ENOTDIR) }
    return add(node)
  }

  func close(_ descriptor: Int32) { open[descriptor] = nil }

  func nextName(
    _ listing: UnsafeMutablePointer<FolderListing>
  ) throws(Errno) -> UnsafePointer<CChar>? {
    let descriptor = listing.pointee.descriptor
    guard var state = open[descriptor] else { throw Errno(EBADF) }
    if state.names.isEmpty { state.names = state.node.entries.keys.sorted() }
    defer { open[descriptor] = state }
    guard state.next < state.names.count else { return nil }
    state.next += 1
    return keep(state.names[state.next - 1])
  }

  func look(_ path: UnsafePointer<CChar>, in folder: Int32) throws(Errno) -> FileStatus {
    status(try find(String(cString: path), from: try node(of: folder)))
  }

  func look(at descriptor: Int32) throws(Errno) -> FileStatus {
    status(try node(of: descriptor))
  }

  func look(_ path: UnsafePointer<CChar>) throws(Errno) -> FileStatus {
    status(try find(String(cString: path)))
  }

  func openFile(_ path: UnsafePointer<CChar>, in folder: Int32) throws(Errno) -> Int32 {
    let path = String(cString: path)
    if let error = failure("openFile", path) { throw error }
    let node = try find(path, from: try node(of: folder))
    guard node.kind == .regular else { throw Errno(EINVAL) }
    return add(node)
  }

  func writing(_ descriptor: Int32) -> Writing { open[descriptor]?.node.writing ?? .unknown }

  func move(
    _ path: UnsafePointer<CChar>, in folder: Int32, to target: Int32,
    as name: UnsafePointer<CChar>
  ) throws(Errno) {
    let from = try place(String(cString: path), from: try node(of: folder))
    let to = try place(String(cString: name), from: try node(of: target))
    guard let file = from.folder.entries[from.name] else { throw .noSuchFile }
    if to.folder.entries[to.name] != nil { throw .exists }
    try act("move", String(cString: path))
    from.folder.entries[from.name] = nil
    to.folder.entries[to.name] = file
  }

  func remove(_ path: UnsafePointer<CChar>, in folder: Int32) throws(Errno) {
    let at = try place(String(cString: path), from: try node(of: folder))
    guard at.folder.entries[at.name] != nil else { throw .noSuchFile }
    try act("remove", String(cString: path))
    at.folder.entries[at.name] = nil
  }

  func sync(folder: Int32) throws(Errno) { try act("syncFolder", "") }

  func silentKind(of folder: Int32) -> UnsafePointer<CChar>? { silent ? keep("SMB") : nil }

  // MARK: Durable files

  private func openAppending(_ path: UnsafePointer<CChar>, isNew: Bool) throws(Errno) -> Int32 {
    let at = try place(String(cString: path))
    if let node = at.folder.entries[at.name], !isNew {
      guard node.kind == .regular else { throw .isALink }
      return add(node)
    }
    try act("make", String(cString: path))
    let node = make(.regular)
    at.folder.entries[at.name] = node
    return add(node)
  }

  func openResults(_ path: UnsafePointer<CChar>) throws(Errno) -> Int32 {
    try openAppending(path, isNew: false)
  }

  func openPrivate(_ path: UnsafePointer<CChar>) throws(Errno) -> Int32 {
    try openAppending(path, isNew: false)
  }

  func openFresh(_ path: UnsafePointer<CChar>, isPrivate: Bool) throws(Errno) -> Int32 {
    try openAppending(path, isNew: true)
  }

  func openWritten(_ path: UnsafePointer<CChar>) throws(Errno) -> Int32 {
    add(try find(String(cString: path)))
  }

  func read(
    _ descriptor: Int32, _ bytes: UnsafeMutableRawPointer, _ count: Int, at offset: Int64
  ) throws(Errno) -> Int {
    let node = try node(of: descriptor)
    if let error = failure("read", "") { throw error }
    let piece = node.bytes.dropFirst(Int(offset)).prefix(count)
    for (index, byte) in piece.enumerated() {
      bytes.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
    }
    return piece.count
  }

  func append(
    _ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int
  ) throws(Errno) {
    let node = try node(of: descriptor)
    try act("append", "")
    node.bytes += UnsafeRawBufferPointer(start: bytes, count: count)
  }

  func cut(_ descriptor: Int32, to bytes: Int64) throws(Errno) {
    let node = try node(of: descriptor)
    try act("cut", "")
    node.bytes.removeLast(node.bytes.count - Int(bytes))
  }

  func sync(_ descriptor: Int32) throws(Errno) {
    let node = try node(of: descriptor)
    try act("sync", "")
    node.synced = node.bytes
  }

  func claim(_ descriptor: Int32) throws(Errno) {}

  func rename(
    _ from: UnsafePointer<CChar>, to target: UnsafePointer<CChar>
  ) throws(Errno) {
    let old = try place(String(cString: from))
    let new = try place(String(cString: target))
    guard let file = old.folder.entries[old.name] else { throw .noSuchFile }
    try act("rename", String(cString: from))
    old.folder.entries[old.name] = nil
    new.folder.entries[new.name] = file
  }

  func remove(_ path: UnsafePointer<CChar>) throws(Errno) {
    let at = try place(String(cString: path))
    guard at.folder.entries[at.name] != nil else { throw .noSuchFile }
    try act("remove", String(cString: path))
    at.folder.entries[at.name] = nil
  }

  func syncFolder(of path: UnsafePointer<CChar>) throws(Errno) {
    try act("syncFolder", String(cString: path))
  }
}

/// What tells of changes on the false disk.
struct FalseEvents: EventSource {
  let system: FalseSystem

  var descriptor: Int32 { system.hasEvents ? 3 : -1 }

  func watch(_ folder: UnsafePointer<CChar>) throws(Errno) -> Int32 {
    guard system.hasEvents else { throw .tooManyFiles }
    guard let node = system.node(String(cString: folder)) else { throw .noSuchFile }
    return Int32(node.inode)
  }

  func unwatch(_ watch: Int32) {}

  func next() -> FolderEvent? {
    system.queue.isEmpty ? nil : system.queue.removeFirst()
  }
}
