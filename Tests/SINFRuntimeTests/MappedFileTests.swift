import Glibc
import SINFModel
import SINFModelWriter
import SINFRuntime
import Testing

@Suite final class MappedFileTests {
  private let folder: String

  init() {
    var template = Array("/tmp/sinf-mapped-XXXXXX".utf8CString)
    folder = String(cString: mkdtemp(&template))
  }

  deinit {
    for name in ["file", "fifo", "plain"] { unlink(folder + "/" + name) }
    rmdir(folder)
  }

  private func write(_ bytes: [UInt8], _ name: String = "file") -> String {
    let path = folder + "/" + name
    let file = fopen(path, "w")!
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
    return path
  }

  private func errorNumber(_ path: String) -> Int32? {
    do {
      _ = try MappedFile(path: path)
      return nil
    } catch RuntimeError.unreadableFile(let number) {
      return number
    } catch {
      return -1
    }
  }

  /// Resident bytes of the mapping at `address`, as the kernel counts them.
  private func residentBytes(_ address: UnsafeRawPointer) -> Int? {
    let file = fopen("/proc/self/smaps", "r")!
    defer { fclose(file) }
    let start = String(UInt(bitPattern: address), radix: 16) + "-"
    var line = [CChar](repeating: 0, count: 4096)
    var isHere = false
    while fgets(&line, Int32(line.count), file) != nil {
      let text = line.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
      if text.hasPrefix(start) { isHere = true }
      if isHere, text.hasPrefix("Rss:") {
        return Int(text.split(separator: " ")[1]).map { $0 * 1024 }
      }
    }
    return nil
  }

  @Test func bytesAreTheFiles() throws {
    let contents = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 * 31) }
    let file = try MappedFile(path: write(contents))
    #expect(Array(file.bytes) == contents)
    #expect(UInt(bitPattern: file.bytes.baseAddress!) % 4096 == 0)
  }

  @Test func droppedPagesComeBack() throws {
    let contents = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 >> 4) }
    let file = try MappedFile(path: write(contents))
    #expect(Array(file.bytes) == contents)
    #expect(residentBytes(file.bytes.baseAddress!)! >= 900_000)
    file.dropPages()
    #expect(residentBytes(file.bytes.baseAddress!)! < 100_000)
    #expect(Array(file.bytes) == contents)
  }

  @Test func emptyFilesHaveNoBytes() throws {
    let file = try MappedFile(path: write([]))
    #expect(file.bytes.isEmpty)
    do {
      _ = try file.model()
      Issue.record("accepted")
    } catch {
      #expect(error.found == 0)
    }
  }

  @Test func whatIsNoRegularFileIsRefused() {
    #expect(errorNumber(folder) == EISDIR)
    #expect(errorNumber(folder + "/missing") == ENOENT)
    #expect(errorNumber("/dev/null") == EINVAL)
    #expect(mkfifo(folder + "/fifo", 0o600) == 0)
    #expect(errorNumber(folder + "/fifo") == EINVAL)
    #expect(errorNumber(write([1], "plain") + "/below") == ENOTDIR)
  }

  /// Validation leaves nothing of the file in memory, and the model still works.
  @Test func modelsAreValidatedAndDropped() throws {
    let path = write(try ModelWriter.bytes(for: ColorModel().description))
    let file = try MappedFile(path: path)
    let model = try file.model()
    // The last page, of which the file has only a part, stays.
    #expect(residentBytes(file.bytes.baseAddress!)! <= 4096)
    var arena = try Arena(bytes: 4096)
    var engine = try Engine(model: model, arena: &arena)
    let picture = Picture(10, 20, 30)
    #expect(
      answer(&engine, picture, .whole).logits == ColorModel.logits(of: Array(0..<6), picture))
  }
}
