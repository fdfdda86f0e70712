// usage: mutate-models [--count N] [--seed S] [--save FILE] MODEL.sinf...
//
// Mutates records of the given model files (RecordMutator) and opens what comes out. What the reader
// accepts runs on every set of kernels of this machine, in guarded memory. Prints how many were
// accepted and run; status 1, with what was changed, after the first that crashes, doesn't end or
// gives other bytes than the reference kernels. --save keeps that one.
//
//   swift run -c release -Xswiftc -enable-testing mutate-models --count 10000000 --save found.sinf \
//     Tests/SINFModelTests/Golden/*.sinf

import Foundation
import SINFModel

var count = 10_000
var seed: UInt64 = 1
var save: String?
var originals: [ModelSections] = []
var arguments = CommandLine.arguments.dropFirst()

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data("mutate-models: \(message)\n".utf8))
  exit(2)
}

while let argument = arguments.popFirst() {
  switch argument {
  case "--count":
    guard let value = arguments.popFirst().flatMap({ Int($0) }) else { fail("--count N") }
    count = value
  case "--seed":
    guard let value = arguments.popFirst().flatMap({ UInt64($0) }) else { fail("--seed S") }
    seed = value
  case "--save":
    guard let value = arguments.popFirst() else { fail("--save FILE") }
    save = value
  default:
    guard let data = FileManager.default.contents(atPath: argument),
      let sections = ModelSections([UInt8](data))
    else { fail("\(argument) is no model file") }
    originals.append(sections)
  }
}
if originals.isEmpty { fail("which models?") }

CrashReport.begin(savingTo: save)
var accepted = 0
var ran = 0
for number in 0..<count {
  let which = number % originals.count
  var mutator = RecordMutator(originals[which], seed: seed &+ UInt64(number))
  let memory = GuardedMemory(mutator.mutate())
  let bytes = UnsafeRawBufferPointer(memory.bytes)
  let description =
    "seed \(seed &+ UInt64(number)), model \(which): " + mutator.changes.joined(separator: ", ")
  CrashReport.note(description, bytes)
  guard let model = try? Model(validating: bytes) else { continue }
  accepted += 1
  guard let problem = try ModelComparison(model: model).run() else { continue }
  ran += 1
  if !problem.isEmpty {
    print("\(problem): \(description)")
    CrashReport.save(bytes)
    exit(1)
  }
}
print("\(count) models: \(accepted) accepted, \(ran) run")
