extension Inspect {
  static var command: CommandEntry {
    CommandEntry(
      name: "inspect", summary: "show what is in a model file",
      usage: "sinf inspect [OPTION...] FILE",
      about: "Shows what is in a model file, after checking all of it.",
      notes: "FILE may be given as --model FILE, as for the other commands.",
      sections: """
        # EXIT STATUS
        - 0 | the file is a valid model
        - 1 | the result could not be written
        - 2 | the command line is wrong
        - 3 | the file is refused; the message names section, offset, value and rule

        # EXAMPLES
        $ sinf inspect birds.sinf
        $ sinf inspect --layers --format json birds.sinf > birds.json
        """,
      operands: .file, formats: Formats(.text).and(.json),
      run: { Inspect.run(Arguments(from: $0)) })
  }
}
