extension Help {
  static let watch: StaticString = """
    Labels every picture that comes into a folder, without losing one, until it is told to stop.

    USAGE
      sinf watch [--model FILE] [OPTION...] DIR
      sinf watch --config FILE [OPTION...]
      sinf --config FILE

      A frame is a file of DIR that is named like a picture (see --include). It is taken when its
      writer has closed it or renamed it into its place; a file that was there before, or came as a
      hard link, when it has not changed for --settle milliseconds and nobody has it open for
      writing. A file that is replaced or changed later is a new frame. Names that begin with a dot
      are nobody's business.

    OPTIONS IN A FILE
      --config FILE      take options from FILE first; those on the command line win. 'key = value'
                         lines as in TOML: keys are the long options below without their dashes,
                         and 'watch' for DIR; flags are true or false, include is an array
      --check-config     only say whether all options are in order

    RESULTS
      --output FILE      append to FILE, one JSON object a line, only ever whole lines (default:
                         standard output, or '-')
      --format FORMAT    json (default) or text; text only to standard output
      --rotate-bytes N   when FILE has N bytes, rename it to FILE.1 and begin a new one; with K, M, G
      --rotate-keep N    how many renamed files to keep, 1 to 9 (default: 3)
      --heartbeat FILE   replace FILE every 5 seconds by a line with the time and all counts

    FRAMES
      --done DIR         move what was classified to DIR, of the same file system
      --failed DIR       move what failed to DIR
      --delete-done      delete what was classified
      -r, --recursive    watch the folders in the folder as well, up to 256; links are not followed
      --include GLOB     take files whose names match, instead of .jpg, .jpeg, .jpe, .jfif and .png;
                         * ? [a-z] [!a-z]; up to 16 times
      --settle MS        how long a file that was found lying must have lain still (default: 1000)
      --rescan SECONDS   how often to look through the folder for what no event told of, 1 to 86400
                         (default: 30; every 5 s on NFS, SMB, FUSE and the like)
      --order ORDER      which frames go first: oldest (default) or newest
      --max-queue N      frames waiting in memory, 1 to 65536 (default: 1024). When more come they
                         wait in the folder, which is scanned again; none is dropped
      --once             leave when all frames that lie there are done

    MEMORY OF WHAT WAS DONE
      --state FILE       where it is kept (default: DIR/.sinf-watch)
      --remember N       most frames that may lie in the folder after they were reported, 128 to
                         16777216 (default: 65536, which takes 1 M)

    MODEL
      -m, --model FILE   the model; without it, the environment variable SINF_MODEL names it
      --top K            labels a picture, 1 to 100 (default: 1)
      --memory BYTES     budget for everything but the mapped model, with K, M or G (default: what
                         the model and the tables need and 8M for the decoder)
      --threads N        threads that compute the network together, 1 to 64 (default: 1)
      --threshold T      trust a route whose confidence is at least T, 0 to 1 (default: the model's)
      --route ROUTE      auto (default), whole, stop:1, or a cluster's name or number
      --no-times         leave the times of the stages out
      --max-pixels N     refuse pictures with more, at once (default: 178956970); with K, M or G
                         for units of 1024
      --frame-timeout SECONDS  give up on a picture that takes longer to decode (default: 10)
      --require-sandbox  do nothing where the kernel cannot confine the program
      --no-sandbox       keep the right to open other files, start programs and open sockets, which
                         is otherwise given up at start (Landlock and seccomp); frames are still
                         decoded in a process of their own
      -h, --help         this text

    SIGNALS
      TERM, INT          finish the frame at hand, write the counts, leave with status 0
      HUP                read the model file anew; the old one stays if the new one is refused
      USR1               write a line with the counts to standard error

      Under a service manager: READY, RELOADING, STATUS, WATCHDOG and STOPPING as sd_notify(3) has
      them.

    PROMISE
      Every frame is reported at least once, whenever the program is killed or the power goes. With
      --output it is reported once; on standard output a frame that may have been reported before
      says "replayed":true. docs/operations.md has the whole of it.

    EXIT STATUS
      0  told to stop; with --once, every frame was classified
      1  the folder, its memory or the results cannot be opened, or standard output is closed; with
         --once, some frames could not be classified
      2  the command line is wrong
      3  the model is refused, or needs more memory than --memory allows; or --require-sandbox asks
         for what this kernel does not have

    EXAMPLES
      sinf watch --model birds.sinf /srv/camera
      sinf watch --model birds.sinf --output /var/lib/birds/log.jsonl --delete-done /srv/camera

    """
}
