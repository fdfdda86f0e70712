extension Classify {
  static var command: CommandEntry {
    CommandEntry(
      name: "classify", summary: "label pictures",
      usage: "sinf classify [--model FILE] [OPTION...] PATH...",
      about: "Labels pictures (JPEG, PNG) with a model.",
      notes: """
        PATH is a picture, a folder (its pictures, ordered by name), or '-' for pictures on standard
        input, one after the other. A PATH that begins with '-' stands behind '--'.

        In a folder, files named .jpg, .jpeg, .jpe, .jfif or .png and files that begin like a JPEG or
        PNG are pictures; the rest, and names that begin with a dot, are skipped and counted.
        """,
      sections: """
        # OUTPUT
        Results go to standard output, what failed and the closing counts to standard error (json: also
        to standard output). received = classified + failed + skipped. docs/output.md lists every field.

        # EXIT STATUS
        - 0 | every picture was classified
        - 1 | some could not be, or the results could not be written
        - 2 | the command line is wrong
        - 3 | the model is refused, or needs more memory than --memory allows; or --require-sandbox asks
        for what this kernel does not have

        # EXAMPLES
        $ sinf classify --model birds.sinf garden.jpg
        $ sinf classify --model birds.sinf --top 5 --format json --recursive photos > labels.jsonl
        $ camera-capture | sinf classify --model birds.sinf -
        """,
      operands: .file, formats: Formats(.text).and(.json).and(.csv),
      run: { Classify.run(Arguments(from: $0)) })
  }
}
