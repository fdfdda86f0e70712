extension Update {
  static var command: CommandEntry {
    CommandEntry(
      name: "update", summary: "put a new model in the place of one that is in use",
      usage: "sinf update --model FILE [OPTION...] NEW",
      about: """
        Checks the model NEW, copies it, checks the copy, and gives it the name FILE at once; the model \
        that was there is FILE.old from then on.
        """,
      notes: """
        At any instant, also of a power cut, FILE is the old model or the new one, whole. A model that is \
        refused changes nothing. With --trusted-key its signature is asked for as well; give the same \
        option to those that use the model.

        A 'sinf watch' that runs takes the new model at SIGHUP: 'systemctl reload sinf', or \
        'kill -HUP PID'. It goes back to FILE.old by itself when the first eight pictures fail under a \
        model that it has read anew, or when it starts and FILE is refused.

        FILE.old is not replaced by a FILE that is no valid model itself.
        """,
      sections: """
        # EXIT STATUS
        - 0 | FILE is the new model
        - 1 | a file could not be written; FILE is what it was
        - 2 | the command line is wrong
        - 3 | NEW is refused; FILE is what it was

        # EXAMPLES
        $ sinf update --model /var/lib/sinf/model.sinf birds.sinf && systemctl reload sinf
        """,
      operands: .file, formats: Formats(.text).and(.json),
      run: { Update.run(Arguments(from: $0)) })
  }
}
