import CKernels
import Testing

@Suite struct PanelSumsTests {
  /// Any number of groups, extreme weights among them, ending where nothing may be read.
  @Test(arguments: [8, 16]) func sumsFollowTheDefinition(channels: Int) {
    var random = Random(seed: 12)
    for groups in Array(1...70) + [127, 128, 129, 500] {
      let extremes: [Int8] = groups % 3 == 0 ? [-128, 127, -127, 0] : [127, -127]
      let weights = Guarded<Int8>(count: groups * channels * 4, repeating: 0)
      for index in 0..<groups * channels * 4 {
        weights.elements[index] =
          groups % 2 == 0
          ? extremes.randomElement(using: &random)! : .random(in: -127...127, using: &random)
      }
      var found = ck_panel_sums()
      ck_i8_panel_sums(weights.elements.baseAddress, groups, Int32(channels), &found)
      var (most, mostInPair) = (0, 0)
      for channel in 0..<channels {
        var (sum, magnitudes) = (0, 0)
        for group in 0..<groups {
          let four = (0..<4).map { Int(weights.elements[(group * channels + channel) * 4 + $0]) }
          sum += four.reduce(0, +)
          magnitudes += four.map(abs).reduce(0, +)
          most = max(most, four.map(abs).max()!)
          for pair in [four[..<2], four[2...]] {
            mostInPair = max(mostInPair, pair.reduce(0) { $0 + max($1, 0) })
            mostInPair = max(mostInPair, -pair.reduce(0) { $0 + min($1, 0) })
          }
        }
        let found = withUnsafeBytes(of: found) {
          $0.bindMemory(to: Int64.self)[channel]
            == Int64(sum) && $0.bindMemory(to: Int64.self)[16 + channel] == Int64(magnitudes)
        }
        #expect(found, "channel \(channel) of \(channels), \(groups) groups")
      }
      #expect(found.most == most && found.most_in_pair == mostInPair, "\(groups) groups")
    }
  }
}
