// What people write because other programs take it.

/// Whether the command line's first word asks for the version.
func asksVersion(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
  word == "--version" || word == "-V" || word == "-v" || word == "version"
}

/// What an option that no command has is called here; nil where only its letters can tell.
func habitualOption(_ name: UnsafeBufferPointer<UInt8>) -> StaticString? {
  if name == "--json" { return "--format json" }
  if name == "--text" { return "--format text" }
  return nil
}

/// What a route that the model doesn't have is called here; nil where only its letters can tell.
func habitualRoute(_ word: UnsafeBufferPointer<UInt8>) -> StaticString? {
  if word == "full" || word == "base" || word == "all" { return "whole" }
  var suggestion = Suggestion(for: word)
  suggestion.consider("auto")
  suggestion.consider("whole")
  return suggestion.best
}
