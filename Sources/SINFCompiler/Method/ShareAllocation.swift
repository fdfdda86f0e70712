import SINFGraph

/// How many classes of each dependency group stay: by group index of `ChannelClasses.groups`.
public typealias KeepCounts = [Int: Int]

/// What leaving channels out of each group does to the layers that read them.
public struct SensitivityCurves: Sendable {
  /// By group: entry n is the summed relative error of the readers after n classes went, the
  /// cheapest first, everything else whole and the readers re-fitted. Entry 0 is 0.
  public var errors: [Int: [Double]]
}

/// Where to save multiply-accumulates.
public enum ShareAllocation {
  /// Classes are kept in multiples of this, which is what kernels compute at a time; groups no
  /// larger are left whole.
  public static let step = 16

  /// Shares by depth: `first` at the first group after the split, `last` at the last, in between
  /// interpolated over the groups' order (the published r_M and r_L, read as shares removed).
  public static func interpolated(
    groups: [Int], classes: ChannelClasses, first: Double, last: Double
  ) -> KeepCounts {
    var keep: KeepCounts = [:]
    for (position, g) in groups.enumerated() {
      let t = groups.count > 1 ? Double(position) / Double(groups.count - 1) : 1
      let share = first + (last - first) * t
      keep[g] = rounded(Double(classes.groups[g].count) * (1 - share), of: classes.groups[g].count)
    }
    return keep
  }

  /// Greedy: `step` classes at a time go from the group where that raises the error least per
  /// multiply-accumulate saved, until `multiplyAccumulates` of the thinned graph are at most
  /// `target` or nothing is left to take. `keep` is where to start from.
  ///
  /// A heuristic: curves were measured one group at a time, and errors of several are taken to add.
  public static func greedy(
    groups: [Int], classes: ChannelClasses, curves: SensitivityCurves, start: KeepCounts = [:],
    target: Int, multiplyAccumulates: (KeepCounts) -> Int
  ) -> KeepCounts {
    var keep = start
    for g in groups where keep[g] == nil { keep[g] = classes.groups[g].count }
    var cost = multiplyAccumulates(keep)
    while cost > target {
      var best: (group: Int, price: Double, cost: Int)?
      for g in groups {
        let size = classes.groups[g].count, kept = keep[g]!
        let next = rounded(Double(kept - step), of: size)
        guard next < kept, let curve = curves.errors[g], size - next < curve.count else { continue }
        var trial = keep
        trial[g] = next
        let trialCost = multiplyAccumulates(trial)
        guard trialCost < cost else { continue }
        let rise = max(curve[size - next] - curve[size - kept], 1e-12)
        let price = rise / Double(cost - trialCost)
        if best == nil || price < best!.price { best = (g, price, trialCost) }
      }
      guard let best else { break }
      keep[best.group] = rounded(
        Double(keep[best.group]! - step), of: classes.groups[best.group].count)
      cost = best.cost
    }
    return keep
  }

  /// The nearest multiple of `step` that is at least `step` and at most `size`.
  private static func rounded(_ wanted: Double, of size: Int) -> Int {
    if size <= step { return size }
    let multiple = Int((wanted / Double(step)).rounded()) * step
    return min(size, max(step, multiple))
  }
}

extension ChannelClasses {
  /// Multiply-accumulates of some nodes of the original graph if only `keep` classes of each group
  /// stayed. Which ones does not matter.
  public func multiplyAccumulates(
    of nodes: some Sequence<Int>, in graph: Graph, keeping keep: KeepCounts
  ) -> Int {
    var share: [Int: Double] = [:]
    for (g, members) in groups.enumerated() {
      if let kept = keep[g], kept < members.count {
        let s = Double(kept) / Double(members.count)
        for c in members { share[c] = s }
      }
    }
    func channels(_ value: ValueID) -> Double {
      classOf[value.index].reduce(0) { $0 + (share[$1] ?? 1) }
    }
    var total = 0.0
    for n in nodes {
      let node = graph.nodes[n]
      guard case .convolution(let conv) = node.operation else { continue }
      let inputs =
        conv.groups > 1 ? Double(conv.inputChannelsPerGroup) : channels(node.inputs[0])
      total +=
        channels(node.output) * inputs * Double(conv.kernelHeight * conv.kernelWidth)
        * Double(graph[node.output].shape.pixels)
    }
    return Int(total.rounded())
  }
}

extension Extractor {
  /// Sensitivity of every group that the source's nodes read and that `groups` names, with nothing
  /// left out yet. `calibration` should hold images of all classes.
  public mutating func sensitivity(
    of groups: [Int], progress: (Double) -> Void = { _ in }
  ) throws -> SensitivityCurves {
    var errors: [Int: [Double]] = [:]
    var open = Set(groups)
    let nodes = original.convolutions(after: calibration.source)
    for (position, n) in nodes.enumerated() {
      let channels = Set(classes.classOf[original.nodes[n].inputs[0].index])
      let met = open.sorted().filter { g in classes.groups[g].contains(where: channels.contains) }
      if !met.isEmpty {
        try advance(to: n)
        for g in met {
          open.remove(g)
          let size = classes.groups[g].count
          let readers = readers(of: classes.groups[g], from: n)
          let order = try eliminationOrder(
            of: classes.groups[g], count: size - 1, readers: readers,
            equations: normalEquations(at: readers))
          var sum = 0.0
          errors[g] =
            [0]
            + order.map {
              sum += max($0.rise, 0); return sum
            }
        }
      }
      progress(Double(position + 1) / Double(nodes.count))
    }
    return SensitivityCurves(errors: errors)
  }
}
