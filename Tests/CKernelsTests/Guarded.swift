import Glibc

/// `count` elements that end where an inaccessible page begins, so that a kernel which reads or
/// writes one byte too far crashes the test instead of passing it.
final class Guarded<Element: BitwiseCopyable> {
  let elements: UnsafeMutableBufferPointer<Element>
  private let mapping: UnsafeMutableRawPointer
  private let mappingBytes: Int

  init(count: Int, repeating value: Element) {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let bytes = count * MemoryLayout<Element>.stride
    let usable = (bytes + page - 1) / page * page
    mappingBytes = usable + page
    mapping = mmap(nil, mappingBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
    mprotect(mapping + usable, page, PROT_NONE)
    let start = (mapping + (usable - bytes)).bindMemory(to: Element.self, capacity: count)
    elements = UnsafeMutableBufferPointer(start: start, count: count)
    elements.initialize(repeating: value)
  }

  convenience init(_ values: [Element], filling: Element) {
    self.init(count: values.count, repeating: filling)
    for (index, value) in values.enumerated() { elements[index] = value }
  }

  deinit { munmap(mapping, mappingBytes) }
}
