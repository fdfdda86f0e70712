import Testing

@testable import SINFCompiler

@Suite struct ClusterFileTests {
  private let names = ["cat", "dog", "car", "red bus"]

  private func images(coarse: CoarseLabels? = nil) -> LabelledImages {
    LabelledImages(
      width: 1, height: 1, channels: 1, pixels: [0, 0, 0, 0], labels: [0, 1, 2, 3],
      classNames: names, coarse: coarse,
      sources: (0..<4).map { ImageSource(file: "made", record: $0) })
  }

  @Test func linesAreClusters() throws {
    let map = try ClusterFile.parse(
      "# animals first\r\nanimals: cat,dog\r\n\r\n  things : car , red bus,\r\n", path: "f",
      classNames: names)
    #expect(map.names == ["animals", "things"] && map.clusterOfClass == [0, 0, 1, 1])
  }

  @Test(arguments: [
    ("animals cat, dog", "f:1: expected 'name: class, class', found 'animals cat, dog'"),
    ("a: cat\nb: cow", "f:2: 'cow' is no class of these images"),
    ("a: cat\n\nb: cat", "f:3: 'cat' already belongs to cluster 'a'"),
    ("a: cat, dog, car", "f: class 'red bus' is in no cluster"),
    ("a: cat, dog, car, red bus\nb:", "f: cluster 'b' has no class"),
    (": cat", "f:1: the cluster has no name before the colon"),
    ("a: cat\na: dog", "f:2: a second cluster is named 'a'"),
    ("", "f: class 'cat' is in no cluster"),
  ])
  func mistakesAreNamed(contents: String, message: String) {
    #expect {
      try ClusterFile.parse(contents, path: "f", classNames: names)
    } throws: { "\($0)" == message }
  }

  @Test func sourcesAreToldApart() throws {
    guard case .automatic(nil) = try ClusterFile.source("auto", images: images()),
      case .automatic(3) = try ClusterFile.source("3", images: images())
    else {
      Issue.record("auto and numbers ask for automatic clusters")
      return
    }
    let coarse = CoarseLabels(labels: [0, 0, 1, 1], names: ["animals", "vehicles"])
    guard
      case .given(let map) = try ClusterFile.source("superclasses", images: images(coarse: coarse))
    else {
      Issue.record("superclasses are given")
      return
    }
    #expect(map == ClusterMap(names: ["animals", "vehicles"], clusterOfClass: [0, 0, 1, 1]))
    for wrong in ["0", "5", "-1", "superclasses", "/nowhere/clusters.txt"] {
      #expect(throws: DatasetError.self) { try ClusterFile.source(wrong, images: images()) }
    }
  }
}
