import CSystem
import SINFModel
import SINFRuntime

// For people, in 100 columns: what ran on what, a bar for each stage, then a line each on what the
// times mean.

extension BenchReport {
  private static let barColumns = 25

  mutating func putText() {
    putHead()
    putTable()
    putSaving()
    putSpeed()
    putMemory()
    putCounters()
    putTitle("digest")
    output.put(hexadecimal: result.digest)
    output.put(", CRC-32 of all logits: the same for any kernels, threads and machine\n")
    if options.showsLayers { putLayers() }
  }

  private mutating func putHead() {
    output.put("sinf ")
    output.put(ProgramVersion.text)
    output.put(BenchReport.isEmbedded ? " bench, Embedded," : " bench,")
    output.put(
      BenchReport.isDebugBuild ? " DEBUG BUILD: these times mean nothing\n" : " release build\n")
    putTitle("model")
    output.put(path: bytes(of: modelPath))
    output.put(", ")
    output.put(bytes: modelBytes)
    output.put(", CRC-32 ")
    output.put(hexadecimal: modelDigest)
    output.put("\n")
    putTitle("machine")
    putProcessor(isJSON: false)
    output.put(", ")
    put(processors, "processor")
    output.put("; kernels ")
    output.put(bytes(of: instructionSet))
    output.put(", ")
    put(threads, "thread")
    output.put("\n")
    putState()
    putTitle("inputs")
    put(inputs: result.inputCount)
    output.put(options.isCold ? ", cold; " : ", warm; ")
    output.put(result.iterations)
    output.put(" runs measured in ")
    output.put((result.elapsedNanoseconds + 5_000_000) / 10_000_000, decimals: 2)
    output.put(" s")
    if model.isRouted {
      output.put(": ")
      if result.wholes > 0 {
        output.put("all whole")
      } else {
        if model.stopMargin > 0 || result.stops > 0 {
          output.put(result.stops)
          output.put(" stopped early, ")
        }
        output.put(result.subgraphs)
        output.put(" subgraph, ")
        output.put(result.fallbacks)
        output.put(" fallback")
      }
    }
    output.put("\n")
    if areSynthetic, model.isRouted {
      putTitle("")
      output.put("noise has no cluster: what a route saves, only pictures show\n")
    }
    if options.isCold { putCold() }
  }

  private mutating func putCold() {
    putTitle("cold")
    if result.dropError != 0 {
      output.put("the page cache could not be asked to drop the model: ")
      output.put(system: result.dropError)
    } else if result.cachedBytes < 0 {
      output.put("model dropped before each run; what the page cache kept is unknown")
    } else {
      output.put("model dropped before each run; the page cache kept at most ")
      output.put(bytes: Int(result.cachedBytes))
    }
    output.put("\n")
  }

  private mutating func putState() {
    putTitle("state")
    if hasGovernor {
      output.put("governor ")
      putGovernor(isJSON: false)
    } else {
      output.put("governor unknown")
    }
    output.put("; clock ")
    if result.before.kilohertz < 0 {
      output.put("unknown")
    } else {
      output.put(Int(result.before.kilohertz / 1000))
      output.put(", then ")
      output.put(Int(result.after.kilohertz / 1000))
      output.put(" MHz")
    }
    output.put("; temperature ")
    if result.before.millidegrees == Int64.min {
      output.put("unknown")
    } else {
      put(millidegrees: result.before.millidegrees)
      output.put(", then ")
      put(millidegrees: result.after.millidegrees)
      output.put(" C")
    }
    output.put("; throttling ")
    if let wasThrottled = result.wasThrottled {
      output.put(wasThrottled ? "SEEN" : "none")
    } else {
      output.put("unknown")
    }
    output.put("\n")
  }

  private mutating func put(millidegrees: Int64) {
    if millidegrees < 0 { output.put("-") }
    output.put((millidegrees.magnitude + 50) / 100, decimals: 1)
  }

  private mutating func putTable() {
    output.put("\n")
    putTitle("ms")
    output.put("   median       p90       p99       min      mean    share of all time\n")
    var largest: UInt64 = 0
    for index in 0..<Stage.count where Stage(rawValue: index).unsafelyUnwrapped.isPart {
      largest = max(largest, result.totals[index])
    }
    for index in 0..<Stage.count {
      let stage = Stage(rawValue: index).unsafelyUnwrapped
      guard let summary = result.times[index] else { continue }
      // Without pictures there is nothing but the network.
      if stage == .total, areSynthetic { continue }
      putTitle(stage.title)
      putTime(summary.p50)
      putTime(summary.p90)
      putTime(summary.p99)
      putTime(summary.minimum)
      putTime(summary.mean)
      if stage.isPart { putBar(result.totals[index], largest) }
      output.put("\n")
    }
    output.put("\n")
  }

  /// Milliseconds with three decimals in 10 columns.
  private mutating func putTime(_ nanoseconds: UInt64) {
    output.put((nanoseconds + 500) / 1000, decimals: 3, width: 10)
  }

  /// A stage's share of the time of all stages, and a bar; the largest stage's bar is full.
  private mutating func putBar(_ nanoseconds: UInt64, _ largest: UInt64) {
    let all = result.totals[Stage.total.rawValue]
    guard let share = millionths(nanoseconds, of: all), largest > 0 else { return }
    output.put((share + 500) / 1000, decimals: 1, width: 8)
    output.put(" %")
    let eighths = Int(
      Double(nanoseconds) / Double(largest) * Double(8 * BenchReport.barColumns) + 0.5)
    if eighths > 0 { output.put(" ") }
    for _ in 0..<eighths / 8 { output.put("█") }
    switch eighths % 8 {
    case 1: output.put("▏")
    case 2: output.put("▎")
    case 3: output.put("▍")
    case 4: output.put("▌")
    case 5: output.put("▋")
    case 6: output.put("▊")
    case 7: output.put("▉")
    default: break
    }
  }

  private mutating func putSaving() {
    guard let speedup = result.speedup else { return }
    putTitle("saving")
    output.put((speedup + 5) / 10, decimals: 2)
    output.put(" times as fast as the whole network in the file (medians, run in turn),\n")
    putTitle("")
    if let share = millionths(result.macs, of: result.baseMacs) {
      output.put("with ")
      output.put((share + 500) / 1000, decimals: 1)
      output.put(" % of its MACs")
    }
    if let baseMacsShare {
      output.put(" and ")
      output.put((baseMacsShare + 500) / 1000, decimals: 1)
      output.put(" % of the base network's")
    }
    if let routeShare {
      output.put("; route: ")
      output.put((routeShare + 500) / 1000, decimals: 1)
      output.put(" % of the time")
    }
    output.put("\n")
  }

  private mutating func putSpeed() {
    putTitle("speed")
    put(rate: result.macsPerSecond)
    output.put("MAC/s in the network")
    if let peak = result.peak, let share = peakShare(macsPerSecond: result.macsPerSecond) {
      output.put(", ")
      output.put((share + 500) / 1000, decimals: 1)
      output.put(threads == 1 ? " % of this core's peak of " : " % of the cores' peak of ")
      put(rate: peak * UInt64(threads))
      output.put("MAC/s")
    } else {
      output.put("; these kernels have no known peak")
    }
    output.put("\n")
  }

  private mutating func putMemory() {
    putTitle("memory")
    output.put("arena ")
    output.put(bytes: memory.arena)
    output.put(", of it the engine ")
    output.put(bytes: memory.engine)
    if !areSynthetic {
      output.put(", at most ")
      output.put(bytes: result.decoderBytes)
      output.put(" for decoding")
    }
    output.put("\n")
    putTitle("")
    output.put("model ")
    output.put(bytes: modelBytes)
    output.put(" mapped, ")
    put(known: memory.touched)
    output.put(" touched; resident ")
    put(known: memory.resident)
    output.put(", at most ")
    put(known: memory.peakResident)
    output.put("\n")
    putTitle("")
    output.put("page faults ")
    output.put(Int(result.usageAfter.minor_faults - result.usageBefore.minor_faults))
    output.put(" minor, ")
    output.put(Int(result.usageAfter.major_faults - result.usageBefore.major_faults))
    output.put(" major; program break and mappings ")
    switch result.memoryStoodStill {
    case .none: output.put("unknown\n")
    case .some(true): output.put("unchanged\n")
    case .some(false): output.put("CHANGED\n")
    }
  }

  private mutating func putCounters() {
    putTitle("counters")
    let cycles = result.counters[Int(CSYS_COUNTER_CYCLES.rawValue)]
    let instructions = result.counters[Int(CSYS_COUNTER_INSTRUCTIONS.rawValue)]
    let misses = result.counters[Int(CSYS_COUNTER_CACHE_MISSES.rawValue)]
    guard cycles > 0 || instructions > 0 || misses > 0 else {
      output.put("none to be had (perf_event_open: ")
      output.put(system: result.counterError)
      output.put(")\n")
      return
    }
    put(counter: cycles)
    output.put(" cycles, ")
    put(counter: instructions)
    output.put(" instructions, ")
    put(counter: misses)
    output.put(" cache misses an iteration")
    if cycles > 0, instructions > 0 {
      output.put("; ")
      output.put(UInt64(Double(instructions) / Double(cycles) * 100 + 0.5), decimals: 2)
      output.put(" instructions a cycle")
    }
    output.put("\n")
  }

  private mutating func put(counter value: Int64) {
    guard value >= 0 else { return output.put("unknown") }
    let each = UInt64(value) / max(result.iterations, 1)
    output.put(operations: each)
  }

  /// "54.3 G": units of 1000.
  private mutating func put(rate: UInt64) {
    if rate < 1_000_000_000 {
      output.put((rate + 500_000) / 1_000_000)
      output.put(" M")
    } else if rate < 10_000_000_000 {
      output.put((rate + 5_000_000) / 10_000_000, decimals: 2)
      output.put(" G")
    } else {
      output.put((rate + 50_000_000) / 100_000_000, decimals: 1)
      output.put(" G")
    }
  }

  private mutating func put(known count: Int64) {
    if count < 0 { output.put("unknown") } else { output.put(bytes: Int(count)) }
  }

  private mutating func put(inputs count: UInt64) {
    if areSynthetic {
      output.put(count)
      output.put(" tensors of noise")
    } else {
      put(Int(clamping: count), "picture")
    }
  }

  private mutating func put(_ count: Int, _ noun: StaticString) {
    output.put(count)
    output.put(" ")
    output.put(noun)
    if count != 1 { output.put("s") }
  }

  /// The first word of a line, in 14 columns.
  mutating func putTitle(_ title: StaticString) {
    output.put(title)
    output.put(0x20, times: 14 - title.utf8CodeUnitCount)
  }
}
