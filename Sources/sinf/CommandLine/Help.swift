/// The texts of `--help`.
enum Help {
  static let overview: StaticString = """
    sinf: names what is in pictures, in fixed memory.

    USAGE
      sinf classify [--model FILE] [OPTION...] PATH...   label pictures
      sinf watch [--model FILE] [OPTION...] DIR          label pictures as they come into a folder
      sinf inspect [OPTION...] FILE                      show what is in a model file
      sinf bench [--model FILE] [OPTION...] [PATH...]    measure speed and memory
      sinf COMMAND --help                                all options of a command
      sinf --version

    Models are written by 'sinfc compile'.

    EXIT STATUS
      0  everything was done
      1  some inputs could not be classified, or the results could not be written
      2  the command line is wrong
      3  the model is refused, or needs more memory than it may have; or the kernel cannot confine
         the program, and --require-sandbox asks for that

    """

  static let classify: StaticString = """
    Labels pictures (JPEG, PNG) with a model.

    USAGE
      sinf classify [--model FILE] [OPTION...] PATH...

      PATH is a picture, a folder (its pictures, ordered by name), or '-' for pictures on standard
      input, one after the other without anything in between.

    OPTIONS
      -m, --model FILE   the model; without it, the environment variable SINF_MODEL names it
      --top K            labels a picture, 1 to 100 (default: 1)
      --format FORMAT    text (default), json (one object a line) or csv
      --memory BYTES     budget for everything but the mapped model: tensors, decoder, tables; with
                         K, M or G for units of 1024 (default: what the model needs and 8M for the
                         decoder)
      --threads N        threads that compute the network together, 1 to 64 (default: 1); any number
                         gives the same results. More than the processor's cores only slow down
      --threshold T      trust a route whose confidence is at least T, 0 to 1 (default: the model's)
      --route ROUTE      auto (default): the cluster that the route predictor finds, the whole
                         network where it is not trusted; whole: always the whole network; stop:1:
                         always the route predictor's own answer; or one cluster for all
                         pictures, by name or number
      -r, --recursive    enter the folders in folders; links to folders are not followed
      --no-times         leave the times out, so that the output is the same on every machine
      --max-pixels N     refuse pictures with more, at once (default: 178956970); with K, M or G
                         for units of 1024
      --frame-timeout SECONDS  give up on a picture that takes longer to decode (default: 10)
      --require-sandbox  do nothing where the kernel cannot confine the program
      --no-sandbox       keep the right to write files, start programs and open sockets, which is
                         otherwise given up once the model is loaded; pictures are still decoded in
                         a process of their own
      -h, --help         this text
      --                 what follows is a PATH even if it begins with '-'

      In a folder, files named .jpg, .jpeg, .jpe, .jfif or .png and files that begin like a JPEG
      or PNG are pictures; the rest, and names that begin with a dot, are skipped and counted.

    OUTPUT
      Results go to standard output, what failed and the closing counts to standard error (json:
      also to standard output). received = classified + failed + skipped. docs/output.md lists
      every field.

    EXIT STATUS
      0  every picture was classified
      1  some could not be, or the results could not be written
      2  the command line is wrong
      3  the model is refused, or needs more memory than --memory allows; or --require-sandbox asks
         for what this kernel does not have

    EXAMPLES
      sinf classify --model birds.sinf garden.jpg
      sinf classify --model birds.sinf --top 5 --format json --recursive photos > labels.jsonl
      camera-capture | sinf classify --model birds.sinf -

    """

  static let inspect: StaticString = """
    Shows what is in a model file, after checking all of it.

    USAGE
      sinf inspect [OPTION...] FILE

    OPTIONS
      -m, --model FILE   the file, named as for the other commands
      --layers           every operation of every program: kind, shapes, cost, arena
      --plan             the arena plan as a picture: where each tensor lies and how long it lives
      --format FORMAT    text (default) or json (one object)
      -h, --help         this text

    EXIT STATUS
      0  the file is a valid model
      1  the result could not be written
      2  the command line is wrong
      3  the file is refused; the message names section, offset, value and rule

    """
}
