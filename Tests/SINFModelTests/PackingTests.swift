import SINFModel
import SINFModelWriter
import Testing

@Suite struct PackingTests {
  @Test(arguments: [
    (1, 8), (8, 8), (9, 16), (15, 16), (16, 16), (17, 24), (24, 24), (25, 32), (32, 32), (100, 104),
  ]) func lastPanelIsEightOrSixteenWide(channels: Int, packed: Int) {
    #expect(Packing.convolutionChannels(channels) == packed)
  }

  @Test func depthwiseChannelsFillSixteen() {
    #expect([1, 16, 17, 33].map(Packing.depthwiseChannels) == [16, 16, 32, 48])
  }

  /// 2 inputs, 1 x 2 kernel, 3 outputs: two groups of a single panel of 8.
  @Test func smallConvolutionIsPackedByHand() {
    let weights: [Int8] = [1, 2, 3, 4, 11, 12, 13, 14, 21, 22, 23, 24]
    let packed = WeightPacking.convolution(
      weights, outputChannels: 3, kernelHeight: 1, kernelWidth: 2, inputChannels: 2)
    let left: [Int8] = [1, 2, 0, 0, 11, 12, 0, 0, 21, 22, 0, 0]
    let right: [Int8] = [3, 4, 0, 0, 13, 14, 0, 0, 23, 24, 0, 0]
    let rest = [Int8](repeating: 0, count: 20)
    #expect(packed == left + rest + right + rest)
  }

  @Test func smallDepthwiseIsPackedByHand() {
    let packed = WeightPacking.depthwise(
      [1, 2, 3, 4], channels: 2, kernelHeight: 2, kernelWidth: 1)
    let rest = [Int8](repeating: 0, count: 14)
    #expect(packed == [1, 3] + rest + [2, 4] + rest)
  }

  /// The second panel begins where the first, full one ends.
  @Test func laterPanelsFollowFullOnes() {
    func index(_ channel: Int, _ group: Int, _ lane: Int) -> Int {
      Packing.convolutionIndex(
        outputChannel: channel, tapGroup: group, lane: lane, outputChannels: 19, tapGroups: 5)
    }
    #expect(index(0, 0, 0) == 0)
    #expect(index(15, 0, 3) == 63)
    #expect(index(0, 1, 0) == 64)
    #expect(index(16, 0, 0) == 5 * 64)
    #expect(index(18, 4, 3) == 5 * 64 + 4 * 32 + 2 * 4 + 3)
  }

  /// No two weights share a byte, for shapes around the panel's width.
  @Test(arguments: [1, 7, 8, 9, 15, 16, 17, 31, 33], [1, 3, 4, 5])
  func everyWeightHasItsOwnByte(outputs: Int, inputs: Int) {
    let groups = Packing.tapGroups(kernelHeight: 3, kernelWidth: 2, inputChannels: inputs)
    var seen = Set<Int>()
    for channel in 0..<outputs {
      for group in 0..<groups {
        for lane in 0..<4 {
          let index = Packing.convolutionIndex(
            outputChannel: channel, tapGroup: group, lane: lane, outputChannels: outputs,
            tapGroups: groups)
          #expect(index >= 0 && index < Packing.convolutionChannels(outputs) * groups * 4)
          #expect(seen.insert(index).inserted)
        }
      }
    }
  }
}
