import SINFGraph

/// Where the windows of a convolution or a pool lie; arrays are [vertical, horizontal].
struct Window {
  /// Size with what a dilation puts between the taps.
  var kernel: [Int]
  var dilations: [Int]
  var strides: [Int]
  var padding: Padding
  /// Number of windows.
  var output: [Int]
}

extension GraphBuilder {
  /// The windows that the node's attributes describe.
  ///
  /// - Parameters:
  ///   - kernel: Size from the weights; nil when the attribute `kernel_shape` must say it.
  ///   - dilates: Whether the taps may lie apart.
  ///   - roundsUp: ONNX `ceil_mode`: a last window may leave the padded image, but must begin in
  ///     the image or the padding before it.
  func window(
    _ node: NodeReader, input: Shape, kernel: [Int], dilates: Bool, roundsUp: Bool
  ) throws(ImportError) -> Window {
    func sizes(_ name: String, count: Int, from least: Int) throws(ImportError) -> [Int]? {
      guard let found = try node.integers(name) else { return nil }
      guard found.count == count, found.allSatisfy({ (least...65535).contains($0) }) else {
        throw node.unsupported(
          "\(name) is \(found); supported are \(count) numbers from \(least) to 65535")
      }
      return found
    }
    if let stated = try sizes("kernel_shape", count: 2, from: 1), stated != kernel {
      throw node.malformed("kernel_shape is \(stated), the weights' is \(kernel)")
    }
    let dilations = try sizes("dilations", count: 2, from: 1) ?? [1, 1]
    guard dilates || dilations == [1, 1] else {
      throw node.unsupported("dilations are \(dilations), supported here are [1, 1]")
    }
    let taps = kernel
    guard kernel.allSatisfy({ (1...65535).contains($0) }) else {
      throw node.unsupported("kernel is \(kernel), supported are 1 to 65535")
    }
    let kernel = zip(taps, dilations).map { ($0 - 1) * $1 + 1 }
    guard kernel.allSatisfy({ $0 <= 65535 }) else {
      throw node.unsupported("kernel is \(kernel) when dilated, supported are 1 to 65535")
    }
    let strides = try sizes("strides", count: 2, from: 1) ?? [1, 1]
    let extents = [input.height, input.width]

    // [top, left, bottom, right]
    var pads = [0, 0, 0, 0]
    var roundsUp = roundsUp
    let mode = try node.string("auto_pad") ?? "NOTSET"
    switch mode {
    case "NOTSET", "":
      pads = try sizes("pads", count: 4, from: 0) ?? pads
    case "VALID":
      roundsUp = false
    case "SAME_UPPER", "SAME_LOWER":
      roundsUp = false
      for axis in 0...1 {
        let windows = (extents[axis] + strides[axis] - 1) / strides[axis]
        let total = max(0, (windows - 1) * strides[axis] + kernel[axis] - extents[axis])
        pads[axis] = mode == "SAME_UPPER" ? total / 2 : total - total / 2
        pads[axis + 2] = total - pads[axis]
      }
    default:
      throw node.malformed("auto_pad is '\(mode)'")
    }

    var output: [Int] = []
    for axis in 0...1 {
      let room = extents[axis] + pads[axis] + pads[axis + 2] - kernel[axis]
      guard room >= 0 else {
        throw node.malformed(
          "a kernel of \(kernel) does not fit into \(input) with padding \(pads)")
      }
      var windows = (room + (roundsUp ? strides[axis] - 1 : 0)) / strides[axis] + 1
      if roundsUp && (windows - 1) * strides[axis] >= extents[axis] + pads[axis] { windows -= 1 }
      output.append(windows)
    }
    return Window(
      kernel: kernel, dilations: dilations, strides: strides,
      padding: Padding(top: pads[0], left: pads[1], bottom: pads[2], right: pads[3]),
      output: output)
  }
}
