import CKernels

/// Writes the `count` best logits (at most `ranked.count`) as classes with softmax probabilities,
/// best first, equal scores by class index. Returns how many were written.
///
/// Partial selection by insertion: nothing but the answer is stored, and the usual image moves a
/// handful of entries. Selection compares logits, not probabilities, so that scores which differ
/// keep their order even where their probabilities round to the same number.
func rank(
  _ logits: UnsafeBufferPointer<Float>, _ rows: UnsafeBufferPointer<UInt16>?, _ count: Int,
  into ranked: UnsafeMutableBufferPointer<Ranked>
) -> Int {
  // min with three arguments would make an array.
  let wanted = min(count, min(logits.count, ranked.count))
  guard wanted > 0 else { return 0 }
  var filled = 0
  for row in 0..<logits.count {
    let candidate = Ranked(
      classIndex: rows.map { Int($0[row]) } ?? row, probability: logits[row])
    var place = filled
    while place > 0 && precedes(candidate, ranked[place - 1]) { place &-= 1 }
    guard place < wanted else { continue }
    if filled < wanted { filled &+= 1 }
    var index = filled &- 1
    while index > place {
      ranked[index] = ranked[index &- 1]
      index &-= 1
    }
    ranked[place] = candidate
  }
  let most = ranked[0].probability
  let sum = ck_f32_softmax_sum_ref(logits.baseAddress, logits.count, 1, most)
  for index in 0..<filled {
    ranked[index].probability = ck_f32_exp_ref(ranked[index].probability - most) / sum
  }
  return filled
}

/// During selection `probability` holds the logit.
private func precedes(_ a: Ranked, _ b: Ranked) -> Bool {
  a.probability > b.probability
    || (a.probability == b.probability && a.classIndex < b.classIndex)
}
