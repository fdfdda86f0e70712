import SINFGraph

extension Extractor {
  /// The `count` classes whose loss costs the layers that read them least, one after the other.
  /// Keeps node n's normal equations for its re-fit, unless several groups feed it.
  mutating func cheapest(_ count: Int, of candidates: [Int], at n: Int) throws -> [Int] {
    let readers = readers(of: candidates, from: n)
    let equations = try normalEquations(at: readers)
    let input = original.nodes[n].inputs[0]
    let feeding = Set(classes.classOf[input.index])
    if let position = readers.firstIndex(of: n), feeding == Set(candidates) {
      gathered = (equations[position], Array(current.keptChannels[input.index].indices))
    }
    return try eliminationOrder(
      of: candidates, count: count, readers: readers, equations: equations
    ).map(\.candidate)
  }

  /// Greedy block elimination: at each step the classes go that raise the readers' summed relative
  /// error least, a thirty-second of the candidates at a time (their costs hardly change within a
  /// step). Returns the order with each one's rise.
  func eliminationOrder(
    of candidates: [Int], count: Int, readers: [Int], equations: [NormalEquations]
  ) throws -> [(candidate: Int, rise: Double)] {
    if readers.isEmpty { return candidates.prefix(count).map { ($0, 0) } }
    var eliminations: [BlockElimination] = []
    for (reader, equation) in zip(readers, equations) {
      guard case .convolution(let conv) = current.graph.nodes[reader].operation else { continue }
      let columns = columns(of: candidates, at: reader, conv)
      eliminations.append(
        try BlockElimination(
          equation.moments(of: Array(0..<conv.taps)), columns: columns, ridge: settings.ridge))
    }
    let step = max(1, candidates.count / 32)
    var left = Array(candidates.indices)
    var order: [(candidate: Int, rise: Double)] = []
    while order.count < count {
      let costs = left.map { j in (cost: eliminations.reduce(0.0) { $0 + $1.cost(of: j) }, j: j) }
      let cheapest = costs.sorted { ($0.cost, $0.j) < ($1.cost, $1.j) }
      for (cost, j) in cheapest.prefix(min(step, count - order.count)) {
        for e in eliminations.indices { eliminations[e].eliminate(j) }
        order.append((candidates[j], cost))
      }
      let gone = Set(cheapest.prefix(step).map(\.j))
      left.removeAll(where: gone.contains)
    }
    return order
  }

  /// Ordinary convolutions from node `n` on that read a channel of one of the classes.
  func readers(of candidates: [Int], from n: Int) -> [Int] {
    let wanted = Set(candidates)
    return original.convolutions(after: calibration.source).filter { index in
      guard index >= n, case .convolution(let conv) = original.nodes[index].operation,
        conv.groups == 1
      else { return false }
      let input = original.nodes[index].inputs[0]
      return classes.classOf[input.index].contains(where: wanted.contains)
    }
  }

  /// For each candidate the im2col columns of node `reader` that belong to it.
  private func columns(
    of candidates: [Int], at reader: Int, _ conv: Convolution
  ) -> [[Int]] {
    let input = original.nodes[reader].inputs[0]
    var positions: [Int: [Int]] = [:]
    for (position, channel) in current.keptChannels[input.index].enumerated() {
      positions[classes.classOf[input.index][channel], default: []].append(position)
    }
    return candidates.map { candidate in
      (0..<conv.kernelHeight * conv.kernelWidth).flatMap { tap in
        (positions[candidate] ?? []).map { tap * conv.inputChannels + $0 }
      }
    }
  }

  /// Normal equations of some convolutions: the thinned network's inputs against the original's
  /// outputs before activation, at pixels drawn evenly from all calibration images.
  func normalEquations(at readers: [Int]) throws -> [NormalEquations] {
    var generator = generator
    var results: [NormalEquations] = []
    let images = calibration.original.count
    let portion = 256
    var inputs: Set<ValueID> = [], outputs: Set<ValueID> = []
    for n in readers {
      guard case .convolution(let conv) = current.graph.nodes[n].operation else { continue }
      results.append(NormalEquations(inputs: conv.taps, outputs: conv.outputChannels))
      inputs.insert(original.nodes[n].inputs[0])
      outputs.insert(beforeActivation[original.nodes[n].output]!)
    }
    for start in stride(from: 0, to: images, by: portion) {
      let range = start..<min(start + portion, images)
      let thinned = try FloatExecutor(current.graph)
        .run(from: thinnedState.mapValues { $0.images(range) }, to: inputs)
      let wanted = try FloatExecutor(targets)
        .run(from: originalState.mapValues { $0.images(range) }, to: outputs)
      for (position, n) in readers.enumerated() {
        guard case .convolution(let conv) = current.graph.nodes[n].operation else { continue }
        let node = original.nodes[n]
        let pixelsPerImage = original[node.output].shape.pixels
        let rows = max(4096, settings.rowsPerTap * conv.taps)
        let perImage = min(pixelsPerImage, max(1, (rows + images - 1) / images))
        var pixels: [Int] = []
        for image in range.indices {
          pixels += Self.draw(perImage, of: pixelsPerImage, &generator)
            .map { (image - range.lowerBound) * pixelsPerImage + $0 }
        }
        let x = im2col(thinned[node.inputs[0]]!, conv, pixels: pixels)
        let y = wanted[beforeActivation[node.output]!]!
          .rows(pixels, channels: current.keptChannels[node.output.index])
        results[position].add(x: x.storage, y: y, rows: pixels.count)
      }
    }
    return results
  }

  /// `count` different numbers below `bound`, ascending.
  private static func draw(
    _ count: Int, of bound: Int, _ generator: inout SeededGenerator
  ) -> [Int] {
    if count >= bound { return Array(0..<bound) }
    var chosen = Set<Int>()
    while chosen.count < count { chosen.insert(generator.below(bound)) }
    return chosen.sorted()
  }
}

extension Tensor {
  /// Some pixels ([image][row][column] flattened) with some channels, row-major.
  func rows(_ pixels: [Int], channels: [Int]) -> [Float] {
    let from = shape.channels, to = channels.count
    return [Float](unsafeUninitializedCapacity: pixels.count * to) { out, written in
      storage.withUnsafeBufferPointer { source in
        for (r, p) in pixels.enumerated() {
          for (k, c) in channels.enumerated() { out[r &* to &+ k] = source[p &* from &+ c] }
        }
      }
      written = pixels.count * to
    }
  }
}
