extension Bench {
  static var command: CommandEntry {
    CommandEntry(
      name: "bench", summary: "measure speed and memory",
      usage: "sinf bench [--model FILE] [OPTION...] [PATH...]",
      about: "Measures how fast a model runs on this machine, and in how much memory.",
      notes: """
        PATH is a picture or a folder of pictures; they take turns, one an iteration, through all stages
        from reading to logits. Without PATH, 16 tensors of noise, always the same ones, go straight
        into the network. A PATH that begins with '-' stands behind '--'.

        With --route auto a routed model and its whole network run in turn on each input, and what the
        route saves is the ratio of their medians.
        """,
      sections: """
        # OUTPUT
        Medians, percentiles (error below 0.4 %), minimum and mean of each stage; multiply-accumulates a
        second as a share of what this core can do at most; memory; clock, temperature and throttling
        before and after; a digest of all logits, the same on every machine, so that speed can't hide
        wrong answers. docs/output.md lists every key, docs/benchmarking.md says how to measure well.

        # ENVIRONMENT
        - SINF_ISA | the kernels to use, 'reference' the slowest (default: the fastest)
        - SINF_SPIN | microseconds for which a thread without work looks for some before it sleeps
        (default: 50)

        # EXIT STATUS
        - 0 | everything was measured
        - 1 | some pictures could not be read, which are named and left out, or the results could not be
        written
        - 2 | the command line is wrong, or --compare names no report
        - 3 | the model is refused, or needs more memory than --memory allows; or --require-sandbox asks
        for what this kernel does not have

        # EXAMPLES
        $ sinf bench --model birds.sinf
        $ sinf bench --model birds.sinf --seconds 60 --format json photos > before.json
        $ sinf bench --model birds.sinf --seconds 60 --compare before.json photos
        $ sinf bench --model birds.sinf --route whole --layers
        """,
      operands: .file, formats: Formats(.text).and(.json),
      run: { Bench.run(Arguments(from: $0)) })
  }
}
