import CSystem
import SINFModel
import SINFRuntime
import SINFSystem

/// `sinf update`: a new model in the place of one that may be in use.
enum Update {
  /// The exit status.
  static func run(_ words: Arguments) -> Int32 {
    var arguments = words
    var file: UnsafePointer<CChar>?
    do throws(StartError) {
      let options: UpdateOptions
      do throws(UsageError) {
        options = try UpdateOptions(&arguments)
      } catch {
        throw .usage(error)
      }
      guard !options.asksHelp, let fresh = options.fresh else { return show(.update) }
      let variable = environment("SINF_MODEL").flatMap { $0[0] == 0 ? nil : $0 }
      guard let model = options.model ?? variable else { throw .usage(.noModel) }
      file = fresh
      return try replace(model, with: fresh, options)
    } catch {
      return refuse(error, model: file, command: "update")
    }
  }

  private static func replace(
    _ model: UnsafePointer<CChar>, with fresh: UnsafePointer<CChar>, _ options: UpdateOptions
  ) throws(StartError) -> Int32 {
    if let one = try? FileStatus(at: model), let other = try? FileStatus(at: fresh),
      one.isSamePlace(as: other)
    {
      return fail(fresh, "is the model in use itself")
    }
    let trust = try Trust.asked(options.trustedKey)
    let mapping = try mapModel(fresh, trust)
    _ = try checkModel(mapping)
    guard let memory = csys_map_anonymous(ModelPaths.memoryBytes) else {
      throw .noMemory(ModelPaths.memoryBytes)
    }
    guard let paths = ModelPaths(model, memory: memory) else {
      return fail(model, "cannot be replaced", Errno.pathTooLong.number)
    }
    let error = csys_write_beside(
      paths.fresh.text, model, mapping.bytes.baseAddress.unsafelyUnwrapped, mapping.bytes.count)
    guard error == 0 else { return fail(paths.fresh.text, "cannot be written", error) }
    do throws(StartError) {
      // What was copied, not what NEW was a moment ago.
      let copy = try mapModel(paths.fresh.text, trust)
      _ = try checkModel(copy)
    } catch {
      csys_remove(paths.fresh.text)
      throw error
    }
    let keepsOld = isOfWorth(model, trust)
    if keepsOld {
      let error = csys_keep_as(model, paths.old.text, paths.scratch.text)
      guard error == 0 else {
        csys_remove(paths.fresh.text)
        return fail(paths.old.text, "the model in use cannot be kept there", error)
      }
    }
    var renamed = csys_rename(paths.fresh.text, model)
    if renamed == 0 { renamed = csys_sync_folder_of(model) }
    guard renamed == 0 else { return fail(model, "cannot be replaced", renamed) }
    return report(model, old: keepsOld ? paths.old.text : nil, mapping.bytes.count, options.format)
  }

  /// Whether the model that is there would be taken by whoever goes back to it.
  private static func isOfWorth(_ model: UnsafePointer<CChar>, _ trust: Trust?) -> Bool {
    do throws(StartError) {
      let mapping = try mapModel(model, trust)
      _ = try checkModel(mapping)
      return true
    } catch {
      return false
    }
  }

  private static func fail(
    _ path: UnsafePointer<CChar>, _ problem: StaticString, _ error: Int32? = nil
  ) -> Int32 {
    var errors = Output(descriptor: Output.standardError)
    errors.put("sinf: ")
    errors.put(path: bytes(of: path))
    errors.put(": ")
    errors.put(problem)
    if let error {
      errors.put(": ")
      errors.put(system: error)
    }
    errors.put("\n")
    errors.flush()
    return ExitStatus.failure
  }

  private static func report(
    _ model: UnsafePointer<CChar>, old: UnsafePointer<CChar>?, _ count: Int, _ format: Format
  ) -> Int32 {
    var output = Output(descriptor: Output.standardOutput)
    if format == .json {
      output.beginObject()
      output.member("file", bytes(of: model))
      output.member("bytes", count)
      output.key("old")
      if let old { output.value(bytes(of: old)) } else { output.null() }
      output.endObject()
      output.endDocument()
    } else {
      output.put(printable: bytes(of: model))
      output.put(": the new model, ")
      output.put(count)
      output.put(" bytes")
      if let old {
        output.put("; the one before it is ")
        output.put(printable: bytes(of: old))
      }
      output.put("\n'sinf watch' takes it at SIGHUP: systemctl reload sinf, or kill -HUP PID\n")
    }
    return finish(&output)
  }
}
