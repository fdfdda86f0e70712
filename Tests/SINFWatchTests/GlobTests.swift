import Testing

@testable import SINFWatch

@Suite struct GlobTests {
  @Test(arguments: [
    ("", "", true), ("", "a", false), ("*", "", true), ("*", "anything", true), ("?", "", false),
    ("?", "a", true), ("?", "ab", false), ("a.jpg", "a.jpg", true), ("a.jpg", "a.JPG", false),
    ("*.jpg", ".jpg", true), ("*.jpg", "a.jpg.jpg", true), ("*.jpg", "a.jpg~", false),
    ("a*b*c", "abc", true), ("a*b*c", "a-b-b-c", true), ("a*b*c", "acb", false),
    ("**a**", "bab", true), ("[a-c]1", "b1", true), ("[a-c]1", "d1", false),
    ("[!a-c]1", "d1", true), ("[!a-c]1", "b1", false), ("[]x]", "]", true), ("[]x]", "x", true),
    ("[!]]", "]", false), ("[!]]", "a", true), ("[a-]", "-", true), ("[a-]", "b", false),
    ("[abc", "[abc", true), ("[abc", "a", false), ("\\*", "*", true), ("\\*", "a", false),
    ("a\\", "a\\", true), ("*[0-9].png", "frame 12.png", true), ("*[0-9].png", "frame.png", false),
    ("\u{E4}?", "\u{E4}x", true), ("??", "\u{E4}", true), ("*\\?", "why?", true),
  ])
  func matches(pattern: String, name: String, expected: Bool) {
    pattern.withCString { #expect(Glob($0).matches(name) == expected, "\(pattern) \(name)") }
  }

  /// A pattern of many stars against a name that just misses it: quadratic, not exponential.
  @Test func endsOnHardPatterns() {
    let pattern = String(repeating: "a*", count: 100) + "b"
    pattern.withCString { #expect(!Glob($0).matches(String(repeating: "a", count: 255))) }
  }
}
