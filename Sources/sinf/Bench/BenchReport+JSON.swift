import CSystem
import SINFModel
import SINFRuntime

// One object, a line for each of its keys (docs/output.md). Keys are always there and always in
// this order; what was not measured is null.

extension BenchReport {
  mutating func putJSON() {
    output.beginObject()
    output.member("schema", Baseline.schema)
    line("version")
    output.value(ProgramVersion.text)
    line("commit")
    if let commit = ProgramVersion.commit { output.value(bytes(of: commit)) } else { output.null() }
    line("build")
    output.value(BenchReport.isDebugBuild ? "debug" : "release")
    line("embedded")
    output.value(BenchReport.isEmbedded)
    putModel()
    putOptions()
    line("inputs")
    output.beginObject()
    output.member("kind", areSynthetic ? "noise" : "pictures")
    output.member("count", result.inputCount)
    output.member("failed", result.failedCount)
    output.endObject()
    putMachine()
    line("iterations")
    output.value(result.iterations)
    line("elapsed_ns")
    output.value(result.elapsedNanoseconds)
    line("paths")
    output.beginObject()
    output.member("subgraph", result.subgraphs)
    output.member("fallback", result.fallbacks)
    output.member("whole", result.wholes)
    output.member("stop", result.stops)
    output.endObject()
    putTimes()
    putSpeed()
    putSaving()
    putMemory()
    putCounters()
    line("digest")
    output.beginObject()
    output.key("logits_crc32")
    putHexadecimal(result.digest)
    output.member("inputs", result.inputCount)
    output.endObject()
    putLayersJSON()
    output.put("\n")
    output.endObject()
    output.endDocument()
  }

  /// A member that begins a line.
  private mutating func line(_ name: StaticString) {
    output.nextLine()
    output.key(name)
  }

  private mutating func putHexadecimal(_ word: UInt32) {
    output.beginText()
    output.put(hexadecimal: word)
    output.endText()
  }

  private mutating func putModel() {
    line("model")
    output.beginObject()
    output.member("file", bytes(of: modelPath))
    output.member("bytes", modelBytes)
    output.key("crc32")
    putHexadecimal(modelDigest)
    output.member("network", model.metadata.networkName)
    let cost = model.wholeMultiplyAccumulates
    output.member("base_macs", cost > 0 ? cost : nil)
    output.endObject()
  }

  private mutating func putOptions() {
    line("options")
    output.beginObject()
    output.member("threads", threads)
    output.member(
      "route", options.classify.route.map { bytes(of: $0) } ?? StaticString("auto").bytes)
    output.member("cold", options.isCold)
    output.member("warmup", options.warmup)
    output.endObject()
  }

  private mutating func putMachine() {
    line("machine")
    output.beginObject()
    output.key("cpu")
    putProcessor(isJSON: true)
    output.member("processors", processors)
    output.member("isa", bytes(of: instructionSet))
    output.key("governor")
    putGovernor(isJSON: true)
    output.key("before")
    putState(result.before)
    output.key("after")
    putState(result.after)
    output.member("throttled", result.wasThrottled)
    output.endObject()
  }

  private mutating func putState(_ machine: BenchResult.Machine) {
    output.beginObject()
    known("clock_khz", machine.kilohertz)
    output.key("temperature_millidegrees")
    if machine.millidegrees == Int64.min {
      output.null()
    } else {
      output.value(Int(clamping: machine.millidegrees))
    }
    known("throttle_events", machine.throttling.events)
    known("firmware_flags", machine.throttling.firmware_flags)
    known("cooling_state", machine.throttling.cooling_state)
    output.endObject()
  }

  private mutating func putTimes() {
    line("times_ns")
    output.beginObject()
    for index in 0..<Stage.count {
      output.nextLine(indent: 2)
      output.key(Stage(rawValue: index).unsafelyUnwrapped.name)
      guard let summary = result.times[index] else {
        output.null()
        continue
      }
      output.beginObject()
      output.member("count", summary.count)
      output.member("min", summary.minimum)
      output.member("mean", summary.mean)
      output.member("p50", summary.p50)
      output.member("p90", summary.p90)
      output.member("p99", summary.p99)
      output.member("max", summary.maximum)
      output.endObject()
    }
    output.put("\n")
    output.endObject()
  }

  private mutating func putSpeed() {
    line("throughput")
    output.beginObject()
    output.member("macs_per_iteration", result.macs / max(result.iterations, 1))
    output.member("macs_per_second", result.macsPerSecond)
    output.member("core_peak_macs_per_second", result.peak)
    share("peak_share", peakShare(macsPerSecond: result.macsPerSecond))
    output.endObject()
  }

  private mutating func putSaving() {
    line("saving")
    guard let speedup = result.speedup else { return output.null() }
    output.beginObject()
    output.key("speedup_p50")
    output.value(speedup, decimals: 3)
    share("macs_share", millionths(result.macs, of: result.baseMacs))
    share("base_macs_share", baseMacsShare)
    share("route_share", routeShare)
    output.endObject()
  }

  private mutating func putMemory() {
    line("memory")
    output.beginObject()
    output.member("arena_bytes", memory.arena)
    output.member("arena_used_bytes", memory.arenaUsed)
    output.member("engine_bytes", memory.engine)
    output.member("decoder_used_bytes", areSynthetic ? nil : UInt64(result.decoderBytes))
    output.member("model_mapped_bytes", modelBytes)
    known("model_touched_bytes", memory.touched)
    known("resident_bytes", memory.resident)
    known("peak_resident_bytes", memory.peakResident)
    difference("minor_faults", result.usageBefore.minor_faults, result.usageAfter.minor_faults)
    difference("major_faults", result.usageBefore.major_faults, result.usageAfter.major_faults)
    output.member("break_and_mappings_unchanged", result.memoryStoodStill)
    known(
      "cached_after_drop_bytes",
      options.isCold && result.dropError == 0 ? result.cachedBytes : -1)
    output.endObject()
  }

  private mutating func putCounters() {
    line("counters")
    output.beginObject()
    known("cycles", result.counters[Int(CSYS_COUNTER_CYCLES.rawValue)])
    known("instructions", result.counters[Int(CSYS_COUNTER_INSTRUCTIONS.rawValue)])
    known("cache_misses", result.counters[Int(CSYS_COUNTER_CACHE_MISSES.rawValue)])
    output.endObject()
  }

  private mutating func putLayersJSON() {
    line("layers")
    guard options.showsLayers else { return output.null() }
    output.beginArray()
    for index in 0..<model.programCount {
      let program = model.program(at: index)
      for index in 0..<program.operationCount {
        let times = operationTimes[program.firstOperation + index]
        guard times.runs > 0 else { continue }
        output.nextLine(indent: 2)
        output.beginObject()
        output.member("program", program.kind.name)
        output.member("cluster", program.cluster)
        output.member("operation", index)
        putMembers(program.operation(index), times)
        output.endObject()
      }
    }
    output.endArray()
  }

  private mutating func putMembers(_ operation: OperationView, _ times: OperationTimes) {
    output.member("kind", operation.kind.name)
    output.member("input", shape: operation.input)
    output.member("output", shape: operation.output)
    output.member(
      "window", operation.window?.kernelHeight ?? 0, operation.window?.kernelWidth ?? 0)
    output.member("macs", operation.multiplyAccumulates)
    output.member("runs", times.runs)
    output.member("min_ns", times.leastNanoseconds)
    output.member("mean_ns", times.meanNanoseconds)
  }

  /// Millionths with six decimals.
  private mutating func share(_ name: StaticString, _ share: UInt64?) {
    output.key(name)
    output.value(share, decimals: 6)
  }

  /// A number that is negative when unknown.
  private mutating func known(_ name: StaticString, _ number: Int64) {
    output.key(name)
    output.value(known: number)
  }

  private mutating func difference(_ name: StaticString, _ first: Int64, _ last: Int64) {
    known(name, first < 0 || last < 0 ? -1 : last - first)
  }
}

extension BenchReport {
  /// Multiply-accumulates of a run by those of the network that was compiled, in millionths; nil
  /// where those are unknown. That network need not be in the file: the whole network that is may
  /// begin with thinned features.
  var baseMacsShare: UInt64? {
    millionths(result.macs / max(result.iterations, 1), of: model.wholeMultiplyAccumulates)
  }

  /// The route predictor's part of the network's time, in millionths; nil where it did not run.
  var routeShare: UInt64? {
    guard result.summary(.route) != nil else { return nil }
    return millionths(
      result.totals[Stage.route.rawValue], of: result.totals[Stage.network.rawValue])
  }
}

extension Output {
  /// Eight hexadecimal digits.
  mutating func put(hexadecimal word: UInt32) {
    for shift in 0..<4 { put(hexadecimal: UInt8(truncatingIfNeeded: word >> (24 - 8 * shift))) }
  }
}
