import SINFCompiler
import SINFModel

/// Images of the data: what went wrong, and what took which path.
extension ReportPage {
  var pictureSections: String {
    let worst = content.answers.worstMistakes(20)
    let mistakes =
      worst.isEmpty
      ? ""
      : section(
        "The surest mistakes",
        "<p>Of \(content.answers.count { !$0.isRight }) wrong answers those with the highest share. "
          + "Some are wrong labels.</p>" + gallery(worst))
    let paths = Answer.Path.allCases.map { path -> String in
      let shown = content.answers.examples(of: path, 6)
      guard !shown.isEmpty else { return "" }
      let count = content.answers.count { $0.path == path }
      let share = Estimate(right: count, of: content.answers.count)
      return "<h3>\(Self.words(path)): \(share.percent) of the images</h3>" + gallery(shown)
    }
    return mistakes + section("Examples of every path", paths.joined())
  }

  private static func words(_ path: Answer.Path) -> String {
    switch path {
    case .stop: "Ended at the route predictor"
    case .subgraph: "Took a cluster's subgraph"
    case .fallback: "Fell back to the whole network"
    case .whole: "Took the whole network"
    }
  }

  private func gallery(_ positions: [Int]) -> String {
    "<ul class=\"gallery\">" + positions.map(picture).joined(separator: "\n") + "</ul>"
  }

  private func picture(_ position: Int) -> String {
    let answer = content.answers[position], image = content.indices[position]
    let isBGR = content.description.preprocessing.colorOrder == .bgr
    guard let address = PNG.address(of: image, in: content.images, isBGR: isBGR) else { return "" }
    let share = ResultText.decimals(Double(answer.share) * 100, 0)
    let source = Self.escape("\(content.images.sources[image])")
    let words =
      answer.isRight
      ? "<strong>\(name(answer.label))</strong>"
      : "<strong>\(name(answer.label))</strong> named <em>\(name(answer.predicted))</em>"
    let alternative =
      answer.isRight
      ? "\(name(answer.label)), named so" : "\(name(answer.label)), named \(name(answer.predicted))"
    return "<li><figure><img src=\"\(address)\" width=\"80\" height=\"80\" alt=\"\(alternative)\" "
      + "title=\"\(source)\"/><figcaption>\(words) \(share)\u{A0}%</figcaption></figure></li>"
  }
}
