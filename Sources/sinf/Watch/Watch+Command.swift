extension Watch {
  static var command: CommandEntry {
    CommandEntry(
      name: "watch", summary: "label pictures as they come into a folder",
      usage: """
        sinf watch [--model FILE] [OPTION...] DIR
        sinf watch --config FILE [OPTION...]
        sinf --config FILE
        """,
      about: """
        Labels every picture that comes into a folder, without losing one, until it is told to stop.
        """,
      notes: """
        A frame is a file of DIR that is named like a picture (see --include). It is taken when its
        writer has closed it or renamed it into its place; a file that was there before, or came as a
        hard link, when it has not changed for --settle milliseconds and nobody has it open for writing.
        A file that is replaced or changed later is a new frame. Names that begin with a dot are
        nobody's business.
        """,
      sections: """
        # SIGNALS
        - TERM, INT | finish the frame at hand, write the counts, leave with status 0
        - HUP | read the model file anew; the old one stays if the new one is refused
        - USR1 | write a line with the counts to standard error

        Under a service manager: READY, RELOADING, STATUS, WATCHDOG and STOPPING as sd_notify(3) has
        them.

        # PROMISE
        Every frame is reported at least once, whenever the program is killed or the power goes. With
        --output it is reported once; on standard output a frame that may have been reported before says
        "replayed":true. docs/operations.md has the whole of it. Text goes to standard output only.

        # EXIT STATUS
        - 0 | told to stop; with --once, every frame was classified
        - 1 | the folder, its memory or the results cannot be opened, or standard output is closed; with
        --once, some frames could not be classified
        - 2 | the command line is wrong
        - 3 | the model is refused, or needs more memory than --memory allows; or --require-sandbox asks
        for what this kernel does not have

        # EXAMPLES
        $ sinf watch --model birds.sinf /srv/camera
        $ sinf watch --model birds.sinf --output /var/lib/birds/log.jsonl --delete-done /srv/camera
        """,
      operands: .folder, formats: Formats(.json).and(.text),
      run: { Watch.run(Arguments(from: $0)) })
  }
}
