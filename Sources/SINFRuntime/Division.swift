import SINFModel

/// How an operation is divided among threads: along one axis of its output, into parts as equal as
/// can be. Follows from the operation's shape and the number of threads alone. Any division gives
/// the same bytes, because every output value is computed whole in one part.
struct Division {
  enum Axis {
    /// Output rows: each part reads all weights and its share of the input.
    case rows
    /// Panels of output channels (convolutions): each part reads all of the input and its share of
    /// the weights.
    case panels
  }

  let axis: Axis
  /// Rows or panels.
  let units: Int
  /// 1 where dividing doesn't pay; at most `units` and 128.
  let parts: Int

  /// A part costs at least so many multiply-accumulates. Handing out a task and waiting for its end
  /// takes about a microsecond where all threads are awake, in which the fastest kernels do so many;
  /// slower ones have then something to gain.
  static let leastCost: UInt64 = 65_536
  /// Parts a thread. More than one, so that a thread that is kept from its work delays the others
  /// by less than its whole share.
  static let partsPerThread = 2

  init(of operation: OperationView, threads: Int) {
    let pays = operation.cost / Division.leastCost
    let most = min(threads * Division.partsPerThread, Int(clamping: pays))
    let rows = operation.output.height
    let byRows = max(min(most, rows), 1)
    var panels = 1
    var weightBytes = 0
    if case .convolution(let convolution) = operation.function {
      panels = (operation.output.channels + Packing.panelChannels - 1) / Packing.panelChannels
      weightBytes = convolution.weights.count
    }
    let byPanels = max(min(most, panels), 1)
    let rowsShare = Division.largestShare(rows, byRows, threads)
    let panelsShare = Division.largestShare(panels, byPanels, threads)
    // Among equals the axis along which the larger of input and weights is read once, not by all.
    let weighsMore = weightBytes > operation.input.byteExtent
    if panelsShare < rowsShare || (panelsShare == rowsShare && weighsMore) {
      axis = .panels
      units = panels
      parts = byPanels
    } else {
      axis = .rows
      units = rows
      parts = byRows
    }
  }

  /// What part `index` is, 0 ..< parts.
  func part(_ index: Int) -> Part {
    guard parts > 1 else { return .whole }
    let range = (units * index / parts)..<(units * (index + 1) / parts)
    return axis == .rows ? .rows(range) : .panels(range)
  }

  /// Millionths of the units that the busiest of `threads` has when they take the parts in turn.
  private static func largestShare(_ units: Int, _ parts: Int, _ threads: Int) -> Int {
    let turns = (parts + threads - 1) / threads
    let most = min(UInt64(turns) * UInt64((units + parts - 1) / parts), UInt64(units))
    return Int(most * 1_000_000 / UInt64(units))
  }
}
