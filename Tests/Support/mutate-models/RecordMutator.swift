import SINFModel

/// Changes what belongs together in a model file: two or three fields of one operation, its tensors
/// and the arena, to extreme values and to values that the others give (their products wrap around
/// 32 bits, say). What would stop nearly all of it, arrays whose size follows from the shape, weight
/// sums and counted work, is made right again.
struct RecordMutator {
  private(set) var file: ModelSections
  private var random: Random
  /// What was changed, for people.
  private(set) var changes: [String] = []

  init(_ file: ModelSections, seed: UInt64) {
    self.file = file
    random = Random(state: seed)
  }

  /// The file after one mutation.
  mutating func mutate() -> [UInt8] {
    let operation = random.below(file.count(.operations))
    if random.below(3) == 0 { reshape(operation) }
    if random.below(3) == 0 { moveBehindAll(operation) }
    if random.below(4) == 0 { wrapProducts(operation) }
    let sites = sites(of: operation)
    for _ in 0..<random.below(4) { change(random.element(of: sites), among: sites) }
    if random.below(8) != 0 {
      layOutWeights()
      countWork()
    }
    return file.bytes
  }

  /// A field of a record.
  private struct Site {
    var section: SectionKind
    var record: Int
    var field: Int
    var bytes: Int
    var name: String
  }

  private typealias Op = Layout.Operation
  private typealias Tensor = Layout.Tensor

  private static let operationFields: [(Int, Int, String)] = [
    (Op.kind, 1, "kind"), (Op.flags, 1, "flags"), (Op.low, 1, "low"), (Op.high, 1, "high"),
    (Op.input, 2, "input"), (Op.secondInput, 2, "secondInput"), (Op.output, 2, "output"),
    (Op.kernelHeight, 2, "kernelHeight"), (Op.kernelWidth, 2, "kernelWidth"),
    (Op.strideHeight, 2, "strideHeight"), (Op.strideWidth, 2, "strideWidth"),
    (Op.padTop, 2, "padTop"), (Op.padLeft, 2, "padLeft"), (Op.padValues, 4, "padValues"),
    (Op.multiplier, 4, "multiplier"), (Op.secondMultiplier, 4, "secondMultiplier"),
  ]

  private static let tensorFields: [(Int, Int, String)] = [
    (Tensor.element, 1, "element"), (Tensor.zeroPoint, 1, "zeroPoint"),
    (Tensor.height, 2, "height"), (Tensor.width, 2, "width"), (Tensor.channels, 2, "channels"),
    (Tensor.pixelStride, 4, "pixelStride"), (Tensor.arenaOffset, 4, "arenaOffset"),
    (Tensor.scale, 4, "scale"),
  ]

  private func sites(of operation: Int) -> [Site] {
    var sites = Self.operationFields.map {
      Site(
        section: .operations, record: operation, field: $0.0, bytes: $0.1,
        name: "operation \(operation) \($0.2)")
    }
    for tensor in Set(tensors(of: operation)).sorted() {
      sites += Self.tensorFields.map {
        Site(
          section: .tensors, record: tensor, field: $0.0, bytes: $0.1,
          name: "tensor \(tensor) \($0.2)")
      }
    }
    sites.append(
      Site(section: .model, record: 0, field: Layout.Model.arenaBytes, bytes: 4, name: "arenaBytes")
    )
    return sites
  }

  private func tensors(of operation: Int) -> [Int] {
    [Op.input, Op.secondInput, Op.output].map { file.get(.operations, operation, $0, 2) }
      .filter { $0 < file.count(.tensors) }
  }

  private mutating func set(_ value: Int, _ site: Site) {
    file.put(value, site.section, site.record, site.field, site.bytes)
    changes.append(
      "\(site.name) = \(file.get(site.section, site.record, site.field, site.bytes))")
  }

  private mutating func change(_ site: Site, among sites: [Site]) {
    let old = file.get(site.section, site.record, site.field, site.bytes)
    let other = random.element(of: sites)
    let related = file.get(other.section, other.record, other.field, other.bytes)
    let value: Int
    switch random.below(8) {
    case 0: value = 1 << random.below(8 * site.bytes)
    case 1: value = (1 << random.below(8 * site.bytes)) + random.below(3) - 1
    case 2: value = random.below(6)
    case 3: value = random.element(of: [255, 256, 16_383, 16_384, 65_535, 1 << 20, 1 << 30, -1])
    case 4: value = related + random.below(3) - 1
    case 5: value = related * (1 + random.below(4))
    case 6: value = (1 << (30 + random.below(4))) / max(related, 1)
    default: value = old + (random.below(17) - 8) * random.element(of: [1, 4, 64])
    }
    set(value, site)
  }

  /// Gives a windowed operation another window from the same input to the same output.
  private mutating func reshape(_ operation: Int) {
    let kind = file.get(.operations, operation, Op.kind, 1)
    guard (1...4).contains(kind) else { return }
    let input = file.get(.operations, operation, Op.input, 2)
    let output = file.get(.operations, operation, Op.output, 2)
    guard input < file.count(.tensors), output < file.count(.tensors) else { return }
    for (size, kernel, stride, pad) in [
      (Tensor.height, Op.kernelHeight, Op.strideHeight, Op.padTop),
      (Tensor.width, Op.kernelWidth, Op.strideWidth, Op.padLeft),
    ] where random.below(3) != 0 {
      let from = file.get(.tensors, input, size, 2)
      let to = file.get(.tensors, output, size, 2)
      let step = random.below(4) == 0 ? 1 + random.below(255) : 1 + random.below(4)
      let before = random.below(4) == 0 ? random.below(256) : random.below(4)
      let far = random.below(3) == 0 ? 1 - step + random.below(step + 200) : random.below(2)
      let side = from + far + before - (to - 1) * step
      guard side >= 1, side <= 400 else { continue }
      for (field, value) in [(kernel, side), (stride, step), (pad, before)] {
        file.put(value, .operations, operation, field, 2)
        changes.append("operation \(operation) byte \(field) = \(value)")
      }
    }
  }

  /// Gives a window's strides and the bytes of an input pixel powers of two whose product lies around
  /// 2^32.
  private mutating func wrapProducts(_ operation: Int) {
    let input = file.get(.operations, operation, Op.input, 2)
    guard input < file.count(.tensors) else { return }
    let (down, across) = (random.below(8), random.below(8))
    let pixel = min(max(30 + random.below(5) - down - across, 2), 30)
    let sites = sites(of: operation)
    for (section, record, field, power) in [
      (SectionKind.operations, operation, Op.strideHeight, down),
      (.operations, operation, Op.strideWidth, across),
      (.tensors, input, Tensor.pixelStride, pixel),
    ] {
      let site = sites.first { $0.section == section && $0.record == record && $0.field == field }
      if let site { set(1 << power, site) }
    }
  }

  /// Puts a tensor at the arena's end, perhaps with pixels further apart or other channels.
  private mutating func moveBehindAll(_ operation: Int) {
    let tensors = tensors(of: operation)
    guard let tensor = tensors.isEmpty ? nil : random.element(of: tensors) else { return }
    let arena = file.get(.model, 0, Layout.Model.arenaBytes, 4)
    let offset = (arena + 63) / 64 * 64
    var stride = file.get(.tensors, tensor, Tensor.pixelStride, 4)
    if random.below(3) == 0, tensor != 0 {
      let channels = 1 + random.below(100)
      file.put(channels, .tensors, tensor, Tensor.channels, 2)
      changes.append("tensor \(tensor) channels = \(channels)")
      stride = (channels * (file.get(.tensors, tensor, Tensor.element, 1) == 2 ? 4 : 1) + 3) / 4 * 4
    }
    if random.below(2) == 0 { stride += 4 * (1 + random.below(9)) }
    let pixels =
      file.get(.tensors, tensor, Tensor.height, 2) * file.get(.tensors, tensor, Tensor.width, 2)
    let contents =
      file.get(.tensors, tensor, Tensor.channels, 2)
      * (file.get(.tensors, tensor, Tensor.element, 1) == 2 ? 4 : 1)
    file.put(stride, .tensors, tensor, Tensor.pixelStride, 4)
    file.put(offset, .tensors, tensor, Tensor.arenaOffset, 4)
    let end = offset + (pixels - 1) &* stride + (contents + 3) / 4 * 4
    file.put(end, .model, 0, Layout.Model.arenaBytes, 4)
    changes.append("tensor \(tensor) moved to \(offset) ..< \(end), pixelStride = \(stride)")
  }

  /// Arrays of the size that shapes ask for, with made-up contents that obey the rules. Programs
  /// that would need more than 256 KB keep what they have.
  private mutating func layOutWeights() {
    for program in 0..<file.count(.programs) {
      let first = file.get(.programs, program, Layout.Program.firstOperation, 4)
      let count = file.get(.programs, program, Layout.Program.operationCount, 4)
      guard first + count <= file.count(.operations) else { continue }
      var arrays = WeightArrays(random: random)
      for operation in first..<first + count { arrays.add(operation, in: &file) }
      random = arrays.random
      if !arrays.isTooLarge, program + SectionKind.fixedCount < file.sections.count {
        file.sections[SectionKind.fixedCount + program] = arrays.bytes
      }
    }
  }

  private mutating func countWork() {
    for program in 0..<file.count(.programs) {
      let first = file.get(.programs, program, Layout.Program.firstOperation, 4)
      let count = file.get(.programs, program, Layout.Program.operationCount, 4)
      guard first + count <= file.count(.operations) else { continue }
      var sum = 0
      for operation in first..<first + count {
        let kind = file.get(.operations, operation, Op.kind, 1)
        let input = file.get(.operations, operation, Op.input, 2)
        let output = file.get(.operations, operation, Op.output, 2)
        guard kind == 1 || kind == 2, input < file.count(.tensors), output < file.count(.tensors)
        else { continue }
        let taps =
          file.get(.operations, operation, Op.kernelHeight, 2)
          &* file.get(.operations, operation, Op.kernelWidth, 2)
        let pixels =
          file.get(.tensors, output, Tensor.height, 2) * file.get(.tensors, output, Tensor.width, 2)
        let channels = file.get(.tensors, output, Tensor.channels, 2)
        let depth = kind == 1 ? file.get(.tensors, input, Tensor.channels, 2) : 1
        sum = sum &+ taps &* pixels &* channels &* depth
      }
      file.put(sum, .programs, program, Layout.Program.multiplyAccumulates, 8)
    }
  }
}
