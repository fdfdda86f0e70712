extension Help {
  static let bench: StaticString = """
    Measures how fast a model runs on this machine, and in how much memory.

    USAGE
      sinf bench [--model FILE] [OPTION...] [PATH...]

      PATH is a picture or a folder of pictures; they take turns, one an iteration, through all
      stages from reading to logits. Without PATH, 16 tensors of noise, always the same ones, go
      straight into the network.

    OPTIONS
      -m, --model FILE   the model; without it, the environment variable SINF_MODEL names it
      --iterations N     stop after N iterations
      --seconds S        stop after S seconds (default: 3 where --iterations is not given); with both,
                         what comes first
      --warmup N         iterations before measuring begins (default: 20); all inputs run once before
                         in any case
      --route ROUTE      auto (default): routed; whole: always the whole network; stop:1: always
                         the route predictor alone; or one cluster, by name or number.
                         With auto a routed model and its whole network run in turn on each
                         input, and what the route saves is the ratio of their medians
      --threads N        threads that compute the network together, 1 to 64 (default: 1)
      --cold             drop the model from memory and page cache before each run
      --layers           also the time of each operation; reading the clock so often makes the stages
                         a little slower
      --memory BYTES     budget for everything but the mapped model, as for classify
      --max-pixels N     refuse pictures with more, at once (default: 178956970); with K, M or G
                         for units of 1024
      --frame-timeout SECONDS  give up on a picture that takes longer to decode (default: 10)
      --require-sandbox  do nothing where the kernel cannot confine the program
      --no-sandbox       keep the rights that are otherwise given up, as for classify
      --format FORMAT    text (default) or json (one object)
      --compare FILE     print this run beside an earlier one that --format json wrote
      -h, --help         this text
      --                 what follows is a PATH even if it begins with '-'

    OUTPUT
      Medians, percentiles (error below 0.4 %), minimum and mean of each stage; multiply-accumulates
      a second as a share of what this core can do at most; memory; clock, temperature and throttling
      before and after; a digest of all logits, the same on every machine, so that speed can't hide
      wrong answers. docs/output.md lists every key, docs/benchmarking.md says how to measure well.

    ENVIRONMENT
      SINF_ISA           the kernels to use, 'reference' the slowest (default: the fastest)
      SINF_SPIN          microseconds for which a thread without work looks for some before it sleeps
                         (default: 50)

    EXIT STATUS
      0  everything was measured
      1  a picture could not be read, or the results could not be written
      2  the command line is wrong, or --compare names no report
      3  the model is refused, or needs more memory than --memory allows; or --require-sandbox asks
         for what this kernel does not have

    EXAMPLES
      sinf bench --model birds.sinf
      sinf bench --model birds.sinf --seconds 60 --format json photos > before.json
      sinf bench --model birds.sinf --seconds 60 --compare before.json photos
      sinf bench --model birds.sinf --route whole --layers

    """
}
