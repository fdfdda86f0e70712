import CSystem
import SINFModel
import SINFRuntime

// One object, a line for each of its keys (docs/output.md). Keys are always there and always in
// this order; what was not measured is null.

extension BenchReport {
  mutating func putJSON() {
    output.put("{\"schema\":")
    output.put(json: Baseline.schema)
    output.put(",\n\"version\":")
    output.put(json: ProgramVersion.text)
    output.put(",\n\"build\":")
    output.put(json: BenchReport.isDebugBuild ? "debug" : "release")
    output.put(",\n\"embedded\":")
    output.put(BenchReport.isEmbedded ? "true" : "false")
    putModel()
    putOptions()
    output.put(",\n\"inputs\":{\"kind\":")
    output.put(json: areSynthetic ? "noise" : "pictures")
    output.put(key: "count", result.inputCount)
    output.put("}")
    putMachine()
    output.put(",\n\"iterations\":")
    output.put(result.iterations)
    output.put(",\n\"elapsed_ns\":")
    output.put(result.elapsedNanoseconds)
    output.put(",\n\"paths\":{\"subgraph\":")
    output.put(result.subgraphs)
    output.put(key: "fallback", result.fallbacks)
    output.put(key: "whole", result.wholes)
    output.put(key: "stop", result.stops)
    output.put("}")
    putTimes()
    putSpeed()
    putMemory()
    putCounters()
    output.put(",\n\"digest\":{\"logits_crc32\":\"")
    output.put(hexadecimal: result.digest)
    output.put("\"")
    output.put(key: "inputs", result.inputCount)
    output.put("}")
    putLayersJSON()
    output.put("\n}\n")
  }

  private mutating func putModel() {
    output.put(",\n\"model\":{\"file\":")
    output.put(json: bytes(of: modelPath))
    output.put(key: "bytes", UInt64(modelBytes))
    output.put(",\"crc32\":\"")
    output.put(hexadecimal: modelDigest)
    output.put("\",\"network\":")
    output.put(json: model.metadata.networkName)
    output.put(",\"base_macs\":")
    putNumber(model.wholeMultiplyAccumulates > 0 ? model.wholeMultiplyAccumulates : nil)
    output.put("}")
  }

  private mutating func putOptions() {
    output.put(",\n\"options\":{\"threads\":")
    output.put(threads)
    output.put(",\"route\":")
    if let route = options.classify.route {
      output.put(json: bytes(of: route))
    } else {
      output.put(json: "auto")
    }
    output.put(",\"cold\":")
    output.put(options.isCold ? "true" : "false")
    output.put(key: "warmup", UInt64(options.warmup))
    output.put("}")
  }

  private mutating func putMachine() {
    output.put(",\n\"machine\":{\"cpu\":")
    putProcessor(isJSON: true)
    output.put(key: "processors", UInt64(processors))
    output.put(",\"isa\":")
    output.put(json: bytes(of: instructionSet))
    output.put(",\"governor\":")
    putGovernor(isJSON: true)
    output.put(",\"before\":")
    putState(result.before)
    output.put(",\"after\":")
    putState(result.after)
    output.put(",\"throttled\":")
    putTruth(result.wasThrottled)
    output.put("}")
  }

  private mutating func putState(_ machine: BenchResult.Machine) {
    output.put("{\"clock_khz\":")
    putKnown(machine.kilohertz)
    output.put(",\"temperature_millidegrees\":")
    if machine.millidegrees == Int64.min {
      output.put("null")
    } else {
      output.put(Int(clamping: machine.millidegrees))
    }
    output.put(",\"throttle_events\":")
    putKnown(machine.throttling.events)
    output.put(",\"firmware_flags\":")
    putKnown(machine.throttling.firmware_flags)
    output.put(",\"cooling_state\":")
    putKnown(machine.throttling.cooling_state)
    output.put("}")
  }

  private mutating func putTimes() {
    output.put(",\n\"times_ns\":{")
    for index in 0..<Stage.count {
      output.put(index == 0 ? "\n  " : ",\n  ")
      output.put(json: Stage(rawValue: index).unsafelyUnwrapped.name)
      output.put(":")
      guard let summary = result.times[index] else {
        output.put("null")
        continue
      }
      output.put("{\"count\":")
      output.put(summary.count)
      output.put(key: "min", summary.minimum)
      output.put(key: "mean", summary.mean)
      output.put(key: "p50", summary.p50)
      output.put(key: "p90", summary.p90)
      output.put(key: "p99", summary.p99)
      output.put(key: "max", summary.maximum)
      output.put("}")
    }
    output.put("\n}")
  }

  private mutating func putSpeed() {
    output.put(",\n\"throughput\":{\"macs_per_iteration\":")
    output.put(result.macs / max(result.iterations, 1))
    output.put(key: "macs_per_second", result.macsPerSecond)
    output.put(",\"core_peak_macs_per_second\":")
    putNumber(result.peak)
    output.put(",\"peak_share\":")
    putShare(peakShare(macsPerSecond: result.macsPerSecond))
    output.put("}")
    output.put(",\n\"saving\":")
    guard let speedup = result.speedup else { return output.put("null") }
    output.put("{\"speedup_p50\":")
    output.put(speedup, decimals: 3)
    output.put(",\"macs_share\":")
    putShare(millionths(result.macs, of: result.baseMacs))
    output.put(",\"base_macs_share\":")
    putShare(baseMacsShare)
    output.put(",\"route_share\":")
    putShare(routeShare)
    output.put("}")
  }

  private mutating func putMemory() {
    output.put(",\n\"memory\":{\"arena_bytes\":")
    output.put(memory.arena)
    output.put(key: "arena_used_bytes", UInt64(memory.arenaUsed))
    output.put(key: "engine_bytes", UInt64(memory.engine))
    output.put(",\"decoder_used_bytes\":")
    putNumber(areSynthetic ? nil : UInt64(result.decoderBytes))
    output.put(key: "model_mapped_bytes", UInt64(modelBytes))
    output.put(",\"model_touched_bytes\":")
    putKnown(memory.touched)
    output.put(",\"resident_bytes\":")
    putKnown(memory.resident)
    output.put(",\"peak_resident_bytes\":")
    putKnown(memory.peakResident)
    output.put(",\"minor_faults\":")
    putDifference(result.usageBefore.minor_faults, result.usageAfter.minor_faults)
    output.put(",\"major_faults\":")
    putDifference(result.usageBefore.major_faults, result.usageAfter.major_faults)
    output.put(",\"break_and_mappings_unchanged\":")
    putTruth(result.memoryStoodStill)
    output.put(",\"cached_after_drop_bytes\":")
    if options.isCold, result.dropError == 0 {
      putKnown(result.cachedBytes)
    } else {
      output.put("null")
    }
    output.put("}")
  }

  private mutating func putCounters() {
    output.put(",\n\"counters\":{\"cycles\":")
    putKnown(result.counters[Int(CSYS_COUNTER_CYCLES.rawValue)])
    output.put(",\"instructions\":")
    putKnown(result.counters[Int(CSYS_COUNTER_INSTRUCTIONS.rawValue)])
    output.put(",\"cache_misses\":")
    putKnown(result.counters[Int(CSYS_COUNTER_CACHE_MISSES.rawValue)])
    output.put("}")
  }

  private mutating func putLayersJSON() {
    output.put(",\n\"layers\":")
    guard options.showsLayers else { return output.put("null") }
    output.put("[")
    var isFirst = true
    for index in 0..<model.programCount {
      let program = model.program(at: index)
      for index in 0..<program.operationCount {
        let times = operationTimes[program.firstOperation + index]
        guard times.runs > 0 else { continue }
        output.put(isFirst ? "\n  " : ",\n  ")
        isFirst = false
        output.put("{\"program\":")
        output.put(json: program.kind.name)
        output.put(key: "cluster", UInt64(program.cluster))
        output.put(key: "operation", UInt64(index))
        putJSON(program.operation(index), times)
      }
    }
    output.put("]")
  }

  private mutating func putJSON(_ operation: OperationView, _ times: OperationTimes) {
    output.put(",\"kind\":")
    output.put(json: operation.kind.name)
    output.put(",\"input\":[")
    putShape(operation.input)
    output.put("],\"output\":[")
    putShape(operation.output)
    output.put("],\"window\":[")
    output.put(operation.window?.kernelHeight ?? 0)
    output.put(",")
    output.put(operation.window?.kernelWidth ?? 0)
    output.put("]")
    output.put(key: "macs", operation.multiplyAccumulates)
    output.put(key: "runs", times.runs)
    output.put(key: "min_ns", times.leastNanoseconds)
    output.put(key: "mean_ns", times.meanNanoseconds)
    output.put("}")
  }

  private mutating func putShape(_ tensor: TensorView) {
    output.put(tensor.height)
    output.put(",")
    output.put(tensor.width)
    output.put(",")
    output.put(tensor.channels)
  }

  private mutating func putNumber(_ value: UInt64?) {
    if let value { output.put(value) } else { output.put("null") }
  }

  /// Millionths with six decimals.
  private mutating func putShare(_ share: UInt64?) {
    if let share { output.put(share, decimals: 6) } else { output.put("null") }
  }

  /// A number that is negative when unknown.
  private mutating func putKnown(_ value: Int64) {
    putNumber(value < 0 ? nil : UInt64(value))
  }

  private mutating func putDifference(_ first: Int64, _ last: Int64) {
    putKnown(first < 0 || last < 0 ? -1 : last - first)
  }

  private mutating func putTruth(_ value: Bool?) {
    if let value {
      output.put(value ? "true" : "false")
    } else {
      output.put("null")
    }
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
