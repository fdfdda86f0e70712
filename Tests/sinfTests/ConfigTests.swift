import Foundation
import Testing

/// `sinf watch --config FILE`: what is read, what wins, and what is said of mistakes.
@Suite struct ConfigTests {
  private func check(_ text: String, _ words: [String] = []) throws -> Program.Result {
    let folder = try TemporaryFolder()
    let path = folder.path + "/sinf.toml"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return try Program.run(["--config", path, "--check-config"] + words)
  }

  @Test func everyFormOfValueIsRead() throws {
    let result = try check(
      """
      # A camera.
      watch = "frames"   # a folder
      model = 'birds.sinf'
      memory = "12M"
      max_queue = 2_000
      settle = 250
      threshold = 0.85
      recursive = true
      delete-done = false
      include = ["*.jpg", 'cam [0-9].png']
      state = "a \\"quoted\\" name\\t"
      """)
    #expect(result.errors == "")
    #expect(result.status == 0)
  }

  @Test(arguments: [
    ("max-quue = 3", "line 1: unknown key 'max-quue'; did you mean 'max-queue'?"),
    ("\n\nsettle = \"x\"", "line 3: key 'settle': option --settle: 'x' is not a number of"),
    ("recursive = 3", "line 1: key 'recursive' takes true or false"),
    ("settle = true", "line 1: key 'settle' takes a string or a number"),
    ("watch = true", "line 1: key 'watch' takes a folder's path"),
    ("model = ['a']", "line 1: key 'model' takes no array"),
    ("[watch]", "line 1: there are no tables"),
    ("a.b = 1", "line 1: there are no tables"),
    ("watch = {a = 1}", "line 1: there are no inline tables"),
    ("order = newest", "line 1: a value is a string in quotes"),
    ("model = \"a", "line 1: a string ends with the quote"),
    ("model = \"\"\"a\"\"\"", "line 1: there are no strings of several lines"),
    ("model = \"a\\q\"", "line 1: behind a backslash"),
    ("model = 'a' 'b'", "line 1: behind a value the line ends"),
    ("model", "line 1: behind a key stands '='"),
    ("= 3", "line 1: a line is empty, a comment, or 'key = value'"),
    ("\"model\" = 'a'", "line 1: keys stand without quotes"),
    ("once = true\nonce = true", "line 2: key 'once' is there a second time"),
    ("include = [1]", "line 1: an array holds strings"),
    ("include = ['a' 'b']", "line 1: an array's strings are separated by ','"),
    ("help = true", "line 1: unknown key 'help'"),
    ("config = 'x'", "line 1: unknown key 'config'"),
    ("model = 'a\0b'", "line 1: a text file has no zero bytes"),
    (String(repeating: "#", count: 17_000), "a configuration has at most 16384 bytes"),
  ])
  func mistakesNameLineKeyAndRule(text: String, expected: String) throws {
    let result = try check(text)
    #expect(result.status == 2)
    #expect(result.errors.contains(expected), "\(result.errors)")
    #expect(result.errors.contains("sinf.toml"))
    #expect(result.errors.split(separator: "\n").count == 1)
  }

  @Test func missingFilesAreNamed() throws {
    let result = try Program.run(["watch", "--config", "/nonexistent/sinf.toml"])
    #expect(result.status == 2)
    #expect(result.errors.contains("/nonexistent/sinf.toml: cannot read the configuration"))
  }

  @Test func theCommandLineWins() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/sinf.toml"
    try FileManager.default.createDirectory(
      atPath: folder.path + "/frames", withIntermediateDirectories: true)
    for name in ["a.jpg", "b.png"] {
      try Data("no picture".utf8).write(to: URL(fileURLWithPath: folder.path + "/frames/" + name))
    }
    try Data(
      """
      watch = "/nonexistent"
      model = "/nonexistent.sinf"
      include = ["*.jpg"]
      settle = 0
      once = true
      """.utf8
    ).write(to: URL(fileURLWithPath: path))
    let result = try Program.run([
      "watch", "--config", path, "--model", Program.tinyModel, "--include", "*.png",
      folder.path + "/frames",
    ])
    let objects = try result.objects()
    #expect(objects.count == 2)
    #expect((objects.first?["file"] as? String)?.hasSuffix("b.png") == true)
    #expect(objects.last?["skipped"] as? Int == 1)
    #expect(result.status == 1)
  }
}
