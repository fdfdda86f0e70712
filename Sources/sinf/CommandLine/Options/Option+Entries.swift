import SINFRuntime

// The table of options: everything that is known of each, once.

extension Option {
  var entry: OptionEntry {
    switch self {
    case .config:
      OptionEntry(
        name: "--config", kind: .file, placeholder: "FILE", commands: .watch | .program,
        group: .file,
        isKey: false,
        help: """
          take options from FILE first; those on the command line win. 'key = value' lines as in TOML: \
          keys are the long options of 'sinf watch' without their dashes, and 'watch' for DIR; flags \
          are true or false, include is an array
          """)
    case .checkConfig:
      OptionEntry(
        name: "--check-config", kind: .flag, commands: .watch, group: .file, isKey: false,
        help: "only say whether all options are in order")

    case .model:
      OptionEntry(
        name: "--model", short: "-m", kind: .file, placeholder: "FILE", commands: .all,
        group: .model,
        help: "the model; without it, the environment variable SINF_MODEL names it")
    case .trustedKey:
      OptionEntry(
        name: "--trusted-key", kind: .file, placeholder: "FILE", commands: .all, group: .model,
        help: """
          take the model only if one of the public keys in FILE has signed it, which is checked before \
          anything in it is believed; 'sinfc keygen' and 'sinfc sign' make both
          """, unset: "anybody's model is taken")
    case .route:
      OptionEntry(
        name: "--route", kind: .text("auto whole stop:1"), placeholder: "ROUTE", commands: .running,
        group: .model,
        help: """
          auto: the cluster that the route predictor finds, the whole network where it is not trusted; \
          whole: always the whole network; stop:1: always the route predictor's own answer; or one \
          cluster for all pictures, by name or number
          """, unset: "auto")
    case .routeThreshold:
      OptionEntry(
        name: "--route-threshold", alias: "--threshold", kind: .share, placeholder: "T",
        commands: .labelling, group: .model,
        help: "trust a route whose confidence is at least T", unset: "the model's")
    case .minShare:
      OptionEntry(
        name: "--min-share", kind: .share, placeholder: "P", commands: .labelling, group: .model,
        help: """
          an answer whose share is below P, such as 0.6 or 60%, is not sure: '?' in text, and in JSON \
          "sure":false and "label":null, with the answer still among the labels; 0: all are sure
          """, unset: "the model's")
    case .memory:
      OptionEntry(
        name: "--memory",
        kind: .bytes(1, expected: "a number of bytes such as 8M, 512K or 6000000"),
        placeholder: "BYTES", commands: .running, group: .model,
        help: """
          budget for everything but the mapped model: tensors, decoder, tables; with K, M or G for units \
          of 1024
          """, unset: "what the model and the tables need, and 8M for the decoder")
    case .threads:
      OptionEntry(
        name: "--threads", kind: .number(1, Engine.mostThreads, unit: "threads"), placeholder: "N",
        commands: .running,
        group: .model,
        help: """
          threads that compute the network together; any number gives the same results, and more than \
          the processor's cores only slow down
          """, unset: "1")

    case .top:
      OptionEntry(
        name: "--top", kind: .number(1, 100, unit: "labels"), placeholder: "K",
        commands: .labelling,
        group: .results, help: "labels a picture", unset: "1")
    case .format:
      OptionEntry(
        name: "--format", kind: .format, placeholder: "FORMAT", commands: .all, group: .results,
        help: "form of the results")
    case .details:
      OptionEntry(
        name: "--details", kind: .flag, commands: .labelling, group: .results,
        help: "text: also cluster, route, path, MACs, and the times of picture and network apart")
    case .noTimes:
      OptionEntry(
        name: "--no-times", kind: .flag, commands: .labelling, group: .results,
        help: "leave the times out, so that the output is the same on every machine")
    case .output:
      OptionEntry(
        name: "--output", kind: .file, placeholder: "FILE", commands: .watch, group: .results,
        help: "append to FILE, one JSON object a line, only ever whole lines",
        unset: "standard output, or '-'")
    case .changes:
      OptionEntry(
        name: "--changes", kind: .number(1, 1_000_000, unit: "pictures"), placeholder: "N",
        commands: .watch, group: .results,
        help: """
          report a picture only when it is the Nth in a row with the same answer, and that is not the \
          one reported last; each folder by itself, and one that is not sure is an answer too
          """, unset: "all are reported")
    case .rotateBytes:
      OptionEntry(
        name: "--rotate-bytes",
        kind: .bytes(4096, expected: "a number of bytes, at least 4K, such as 16M"),
        placeholder: "N", commands: .watch, group: .results,
        help: "when FILE has N bytes, rename it to FILE.1 and begin a new one; with K, M, G",
        unset: "never")
    case .rotateKeep:
      OptionEntry(
        name: "--rotate-keep", kind: .number(1, 9, unit: "files"), placeholder: "N",
        commands: .watch,
        group: .results, help: "how many renamed files to keep", unset: "3")
    case .heartbeat:
      OptionEntry(
        name: "--heartbeat", kind: .file, placeholder: "FILE", commands: .watch, group: .results,
        help: "replace FILE every 5 seconds by a line with the time and all counts")

    case .recursive:
      OptionEntry(
        name: "--recursive", short: "-r", kind: .flag, commands: .labelling, group: .pictures,
        help: """
          enter the folders in the folder as well (watch: up to 256); links to folders are not followed
          """)
    case .include:
      OptionEntry(
        name: "--include", kind: .pattern, placeholder: "GLOB", commands: .watch, group: .pictures,
        help: """
          take files whose names match, instead of .jpg, .jpeg, .jpe, .jfif and .png; * ? [a-z] [!a-z]; \
          up to 16 times
          """)
    case .done:
      OptionEntry(
        name: "--done", kind: .folder, placeholder: "DIR", commands: .watch, group: .pictures,
        help: "move what was classified to DIR, of the same file system")
    case .failed:
      OptionEntry(
        name: "--failed", kind: .folder, placeholder: "DIR", commands: .watch, group: .pictures,
        help: "move what failed to DIR")
    case .unsure:
      OptionEntry(
        name: "--unsure", kind: .folder, placeholder: "DIR", commands: .watch, group: .pictures,
        help: "move what was classified without being sure to DIR (see --min-share)")
    case .deleteDone:
      OptionEntry(
        name: "--delete-done", kind: .flag, commands: .watch, group: .pictures,
        help: "delete what was classified")
    case .settle:
      OptionEntry(
        name: "--settle", kind: .number(0, 3_600_000, unit: "milliseconds"), placeholder: "MS",
        commands: .watch, group: .pictures,
        help: "how long a file that was found lying must have lain still", unset: "1000")
    case .rescan:
      OptionEntry(
        name: "--rescan", kind: .number(1, 86_400, unit: "seconds"), placeholder: "SECONDS",
        commands: .watch, group: .pictures,
        help: """
          how often to look through the folder for what no event told of; at least every 5 s on NFS, \
          SMB, FUSE and the like
          """, unset: "30")
    case .order:
      OptionEntry(
        name: "--order", kind: .words("oldest newest"), placeholder: "ORDER", commands: .watch,
        group: .pictures, help: "which pictures go first", unset: "oldest")
    case .maxQueue:
      OptionEntry(
        name: "--max-queue", kind: .number(1, 65_536, unit: "frames"), placeholder: "N",
        commands: .watch, group: .pictures,
        help: """
          pictures waiting in memory. When more come they wait in the folder, which is scanned again; \
          none is dropped
          """, unset: "1024")
    case .once:
      OptionEntry(
        name: "--once", kind: .flag, commands: .watch, group: .pictures,
        help: "leave when all pictures that lie there are done")

    case .state:
      OptionEntry(
        name: "--state", kind: .file, placeholder: "FILE", commands: .watch, group: .past,
        help: "where it is kept", unset: "DIR/.sinf-watch")
    case .remember:
      OptionEntry(
        name: "--remember", kind: .number(128, 16_777_216, unit: "frames"), placeholder: "N",
        commands: .watch, group: .past,
        help: "most pictures that may lie in the folder after they were reported",
        unset: "65536, which takes 1 M")

    case .iterations:
      OptionEntry(
        name: "--iterations", kind: .number(1, 1_000_000_000, unit: "iterations"), placeholder: "N",
        commands: .bench, group: .measuring, help: "stop after N iterations")
    case .seconds:
      OptionEntry(
        name: "--seconds",
        kind: .seconds(most: 604_800_000, expected: "a number of seconds such as 10 or 0.5"),
        placeholder: "S", commands: .bench, group: .measuring,
        help: "stop after S seconds; with --iterations too, what comes first",
        unset: "3 where --iterations is not given")
    case .warmup:
      OptionEntry(
        name: "--warmup", kind: .number(0, 1_000_000_000, unit: "iterations"), placeholder: "N",
        commands: .bench, group: .measuring,
        help: "iterations before measuring begins; all inputs run once before in any case",
        unset: "20")
    case .cold:
      OptionEntry(
        name: "--cold", kind: .flag, commands: .bench, group: .measuring,
        help: "drop the model from memory and page cache before each run")
    case .layerTimes:
      OptionEntry(
        name: "--layers", kind: .flag, commands: .bench, group: .measuring,
        help: """
          also the time of each operation; reading the clock so often makes the stages a little slower
          """)
    case .compare:
      OptionEntry(
        name: "--compare", kind: .file, placeholder: "FILE", commands: .bench, group: .measuring,
        help: "print this run beside an earlier one that --format json wrote")

    case .layers:
      OptionEntry(
        name: "--layers", kind: .flag, commands: .inspect, group: .content,
        help: "every operation of every program: kind, shapes, cost, arena")
    case .plan:
      OptionEntry(
        name: "--plan", kind: .flag, commands: .inspect, group: .content,
        help: "the arena plan as a picture: where each tensor lies and how long it lives")

    case .verify:
      OptionEntry(
        name: "--verify", kind: .flag, commands: .inspect, group: .content,
        help: """
          check the signature, whosever it is, and refuse a file whose signature doesn't hold or that \
          has none; --trusted-key also asks whose it is
          """)

    case .maxPixels:
      OptionEntry(
        name: "--max-pixels",
        kind: .bytes(
          1, expected: "a number of pixels such as 50000000, or 48M for units of 1048576"),
        placeholder: "N", commands: .running, group: .limits,
        help: "refuse pictures with more, at once; with K, M or G for units of 1024",
        unset: "178956970")
    case .frameTimeout:
      OptionEntry(
        name: "--frame-timeout",
        kind: .seconds(
          most: 3_600_000, expected: "a number of seconds from 0.001 to 3600 such as 10 or 0.5"),
        placeholder: "SECONDS", commands: .running, group: .limits,
        help: "give up on a picture that takes longer to decode", unset: "10")
    case .requireSandbox:
      OptionEntry(
        name: "--require-sandbox", kind: .flag, commands: .running, group: .limits,
        help: "do nothing where the kernel cannot confine the program")
    case .noSandbox:
      OptionEntry(
        name: "--no-sandbox", kind: .flag, commands: .running, group: .limits,
        help: """
          keep the right to open other files, start programs and open sockets, which is otherwise given \
          up at start (Landlock and seccomp); pictures are still decoded in a process of their own
          """)

    case .completion:
      OptionEntry(
        name: "--completion", kind: .words("bash zsh"), placeholder: "SHELL", commands: .program,
        group: .general, isKey: false, help: "the shell's completion of all commands, as a script")
    case .manual:
      OptionEntry(
        name: "--man", kind: .text("classify watch inspect bench update"), placeholder: "[COMMAND]",
        commands: .program, group: .general, isKey: false,
        help: "the manual page of the program or of a command, for man(1)")
    case .version:
      OptionEntry(
        name: "--version", short: "-V", kind: .flag, commands: .program, group: .general,
        isKey: false,
        help: "the program's version and the newest model format that it reads")
    case .help:
      OptionEntry(
        name: "--help", short: "-h", kind: .flag, commands: .all | .program, group: .general,
        isKey: false, help: "this text")
    }
  }
}
