/// How weights lie in the file: sizes and positions. docs/format.md has the reasons.
///
/// A convolution's output channels form panels of 16; when 1 to 8 are left over, the last panel is
/// 8 wide. Inside a panel the taps run in groups of four input channels:
/// `[panel][tap group][channel in panel][4]`, tap groups in the order (ky, kx, input channel / 4).
/// A depthwise convolution is `[ky][kx][channel]` with channels filled up to a multiple of 16.
/// What fills is zero.
public enum Packing {
  public static let panelChannels = 16
  public static let groupTaps = 4

  /// Output channels of a convolution with the filling: the length of its bias, sums and
  /// multipliers as well.
  public static func convolutionChannels(_ outputChannels: Int) -> Int {
    let rest = outputChannels % panelChannels
    if rest == 0 { return outputChannels }
    return outputChannels - rest + (rest <= panelChannels / 2 ? panelChannels / 2 : panelChannels)
  }

  /// Whether two neighbouring weights of a tap group, lanes (0, 1) or (2, 3), have products that fit
  /// a signed 16-bit sum whatever the unsigned bytes they meet: the positive ones add up to at most
  /// 128 (128 * 255 = 32 640), the negative ones to at least -128.
  public static func pairFits(_ a: Int8, _ b: Int8) -> Bool {
    let (a, b) = (Int(a), Int(b))
    return max(a, 0) + max(b, 0) <= pairLimit && min(a, 0) + min(b, 0) >= -pairLimit
  }
  /// The most that the weights of one sign in a pair may add up to for `pairFits`.
  public static let pairLimit = 128

  /// Channels of a depthwise convolution with the filling.
  public static func depthwiseChannels(_ channels: Int) -> Int {
    (channels + panelChannels - 1) / panelChannels * panelChannels
  }

  /// Groups of four taps that each output channel reads.
  public static func tapGroups(kernelHeight: Int, kernelWidth: Int, inputChannels: Int) -> Int {
    kernelHeight * kernelWidth * ((inputChannels + groupTaps - 1) / groupTaps)
  }

  /// Byte of weight (output channel, tap group, lane) of a convolution. Lane is the input channel
  /// modulo 4; the group of (ky, kx, input channel) is
  /// `(ky * kernelWidth + kx) * ceil(inputChannels / 4) + inputChannel / 4`.
  public static func convolutionIndex(
    outputChannel: Int, tapGroup: Int, lane: Int, outputChannels: Int, tapGroups: Int
  ) -> Int {
    let panel = outputChannel / panelChannels
    let start = panel * panelChannels
    let width = min(panelChannels, convolutionChannels(outputChannels) - start)
    return (start * tapGroups + tapGroup * width + outputChannel - start) * groupTaps + lane
  }

  /// Byte of weight (tap, channel) of a depthwise convolution; tap is `ky * kernelWidth + kx`.
  public static func depthwiseIndex(tap: Int, channel: Int, channels: Int) -> Int {
    tap * depthwiseChannels(channels) + channel
  }
}
