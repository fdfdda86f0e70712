import Foundation
import SINFCompiler
import Testing

/// Images that don't fit the network class by class, or have no labels.
@Suite struct DataTests {
  let workshop: Workshop
  let out: TemporaryFolder

  init() throws {
    workshop = try Workshop.shared.get()
    out = try TemporaryFolder()
  }

  /// Pictures of red rows, blue rows and red columns in folders of other names.
  private func some(_ count: Int = 24) throws -> String {
    var generator = SeededGenerator(seed: 11)
    for (folder, label) in [("fire lines", 5), ("sea lines", 1), ("fire bars", 4)] {
      for i in 0..<count {
        try out.write(
          "some/\(folder)/\(i).png", Stripes.png(Stripes.picture(of: label, &generator)))
      }
    }
    return out.file("some")
  }

  private var map: String {
    get throws { try out.write("map.txt", "fire lines = 5\nsea lines = 1\nfire bars = 4\n") }
  }

  private func compile(_ arguments: [String]) throws -> Program.Result {
    try Program.sinfc(["compile", workshop.network, "-o", out.file("m.sinf")] + arguments)
  }

  private func labels(_ file: String) throws -> [String] {
    let result = try Program.run("sinf", ["inspect", file, "--format", "json"])
    return try #require(try result.object()["labels"] as? [String])
  }

  @Test func imagesOfSomeClassesDo() throws {
    let data = try some()
    let result = try compile(["--data", data, "--classes", try map, "--plain", "--format", "json"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      result.errors.contains(
        "images show 3 of 6 classes: every figure is about those 3\n"))
    let object = try result.object()
    #expect(object["classes"] as? Int == 6 && object["classes_present"] as? Int == 3)
    #expect(try #require(object["base_int8_accuracy"] as? Double) > 0.6)
    #expect(
      try labels(out.file("m.sinf"))
        == ["output 0", "sea lines", "output 2", "output 3", "fire bars", "fire lines"])

    // The model's own labels are the classes when it is evaluated.
    let evaluated = try Program.sinfc(["evaluate", out.file("m.sinf"), "--data", data, "--quiet"])
    #expect(evaluated.status == 0, "\(evaluated.errors)")
    #expect(evaluated.text.contains("on 72 images of 3 of 6 classes, ± one standard error"))
  }

  @Test func whatIsMissingIsSaid() throws {
    let data = try some(6)
    let unnamed = try compile(["--data", data, "--plain", "--quiet"])
    #expect(unnamed.status == 1)
    #expect(
      unnamed.errors
        == "Error: \(workshop.network): the network's output is 1x1x6, the images have 3 classes: "
        + "give --classes a file with the names of all outputs, or with lines 'folder = number', "
        + "numbers of outputs from 0\n")
    let clustered = try compile(["--data", data, "--classes", try map, "--quiet"])
    #expect(clustered.status == 1)
    #expect(
      clustered.errors.hasPrefix(
        "Error: \(data): shows 3 of the network's 6 classes (none of 'output 0', 'output 2', 'output 3')"
      ))
    #expect(clustered.errors.contains("--keep-classes makes a model of those 3 alone"))
    let wrong = try out.write("wrong.txt", "fire lines = 5\nsea lines = 6\n")
    let outside = try compile(["--data", data, "--classes", wrong, "--plain", "--quiet"])
    #expect(outside.status == 1)
    #expect(
      outside.errors
        == "Error: \(wrong):2: '6' is no output of the network: expected a number from 0 to 5\n")
    let short = try out.write("short.txt", "a\nb\n")
    let names = try compile(["--data", data, "--classes", short, "--plain", "--quiet"])
    #expect(
      names.errors.hasPrefix(
        "Error: \(short): names 2 classes, the network has 6 outputs: expected one name a line"))
    #expect(!FileManager.default.fileExists(atPath: out.file("m.sinf")))
  }

  @Test func aModelMayKeepTheClassesOfTheImagesAlone() throws {
    let data = try some(), file = out.file("m.sinf")
    let result = try compile([
      "--data", data, "--classes", try map, "--keep-classes", "--clusters", "2", "--cost-share",
      "0.8", "--format", "json",
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      result.errors.contains("the model has the 3 classes alone that the images show\n"))
    #expect(try labels(file) == ["sea lines", "fire bars", "fire lines"])
    #expect((try result.object()["clusters"] as? [String])?.count == 2)
    #expect(try #require(try result.object()["base_int8_accuracy"] as? Double) > 0.7)
    let evaluated = try Program.sinfc([
      "evaluate", file, "--data", data, "--quiet", "--format", "json",
    ]).object()
    #expect(evaluated["classes"] as? Int == 3 && evaluated["classes_present"] as? Int == 3)
  }

  @Test func picturesWithoutLabelsCalibrate() throws {
    // All pictures of the workshop, whatever folders they are in.
    let result = try compile(["--calibration", workshop.data, "--plain", "--format", "json"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("\(6 * Workshop.perClass) pictures without labels\n"))
    let object = try result.object()
    #expect(object["base_int8_accuracy"] == nil && object["skipped"] as? Int == 2)
    let compared = try #require(object["compared_pictures"] as? Int)
    let calibrating = try #require(object["calibration_pictures"] as? Int)
    #expect(compared == 36 && calibrating > 60 && calibrating + compared < 6 * Workshop.perClass)
    #expect(try #require(object["agreement"] as? Double) > 0.9)
    #expect(try #require(object["agreement_standard_error"] as? Double) > 0)
    // It is as good as one that labelled images calibrated.
    let evaluated = try Program.sinfc([
      "evaluate", out.file("m.sinf"), "--data", workshop.data, "--quiet", "--classes",
      try out.write("names.txt", Stripes.names.joined(separator: "\n")), "--format", "json",
    ])
    #expect(evaluated.status == 0, "\(evaluated.errors)")
    #expect(try #require(try evaluated.object()["whole_accuracy"] as? Double) > 0.8)

    let text = try compile(["--calibration", workshop.data, "--plain", "--quiet"])
    #expect(text.text.contains("nothing is known of accuracy"))
    // Beside labelled images they calibrate, and the images report as ever.
    let both = try compile([
      "--data", workshop.data, "--calibration", try some(), "--plain", "--format", "json",
    ])
    #expect(both.status == 0, "\(both.errors)")
    #expect(both.errors.contains("72 pictures without labels\n"))
    #expect(try #require(try both.object()["base_int8_accuracy"] as? Double) > 0.7)
  }

  @Test(arguments: [
    (["--plain"], "--data is missing: labelled images, or --plain --calibration"),
    (["--calibration", "p"], "--calibration goes with --plain"),
    (
      ["--calibration", "p", "--plain", "--min-precision", "0.9"],
      "--min-precision needs labelled images"
    ),
    (["--calibration", "p", "--plain", "--keep-classes"], "--keep-classes needs labelled images"),
  ])
  func optionsOfUnlabelledPicturesAreChecked(arguments: [String], message: String) throws {
    let result = try compile(arguments)
    #expect(result.status == 2 && result.errors.hasPrefix("Error: \(message)"), "\(result.errors)")
  }

  @Test func normalizationCannotBeChosenWithoutLabels() throws {
    let result = try compile([
      "--calibration", workshop.data, "--plain", "--normalization", "auto",
    ])
    #expect(result.status == 2)
    #expect(result.errors.contains("--normalization auto needs labelled images (--data)"))
  }
}
