import CSINF
import CSystem
import SINFModel
import SINFRuntime

// Entry points of include/sinf.h, which is their manual: models, arenas, engines, names.

@_cdecl("sinf_map")
public func map(
  _ path: UnsafePointer<CChar>?, _ model: UnsafeMutablePointer<UnsafeRawPointer?>?,
  _ modelBytes: UnsafeMutablePointer<Int>?, _ error: UnsafeMutablePointer<sinf_error>?
) -> Int32 {
  guard let path, let model, let modelBytes else {
    return LibraryError.argument("sinf_map: a pointer is NULL").put(error)
  }
  let number = csys_map_file(path, &model.pointee, &modelBytes.pointee)
  guard number == 0 else {
    return LibraryError.runtime(.unreadableFile(errorNumber: number)).put(error)
  }
  return Int32(SINF_OK)
}

@_cdecl("sinf_unmap")
public func unmap(_ model: UnsafeRawPointer?, _ modelBytes: Int) {
  csys_unmap(model, modelBytes)
}

@_cdecl("sinf_arena_bytes")
public func arenaBytes(
  _ bytes: UnsafeRawPointer?, _ count: Int, _ decoderBytes: Int,
  _ arenaBytes: UnsafeMutablePointer<Int>?, _ error: UnsafeMutablePointer<sinf_error>?
) -> Int32 {
  do throws(LibraryError) {
    guard let arenaBytes else { throw .argument("sinf_arena_bytes: a pointer is NULL") }
    guard decoderBytes >= LibraryEngine.leastDecoderBytes, decoderBytes <= Int(Int32.max) else {
      throw .argument("decoder_bytes must be from 65536 to 2147483647")
    }
    let model = try checked(bytes, count)
    arenaBytes.pointee =
      Arena.alignment - 1 + LibraryEngine.arenaBytes(model, decoderBytes: decoderBytes)
    return Int32(SINF_OK)
  } catch let failure {
    return failure.put(error)
  }
}

@_cdecl("sinf_open")
public func open(
  _ bytes: UnsafeRawPointer?, _ count: Int, _ arena: UnsafeMutableRawPointer?, _ arenaBytes: Int,
  _ error: UnsafeMutablePointer<sinf_error>?
) -> OpaquePointer? {
  do throws(LibraryError) {
    guard let arena, arenaBytes >= 0 else { throw .argument("sinf_open: the arena is NULL") }
    let model = try checked(bytes, count)
    let gap = -Int(bitPattern: arena) & (Arena.alignment - 1)
    let least = LibraryEngine.arenaBytes(model, decoderBytes: LibraryEngine.leastDecoderBytes)
    guard arenaBytes >= gap + least else {
      throw .memory(needed: Arena.alignment - 1 + least, available: arenaBytes)
    }
    let memory = UnsafeMutableRawBufferPointer(start: arena + gap, count: arenaBytes - gap)
    return OpaquePointer(try LibraryEngine.make(model, in: memory))
  } catch let failure {
    _ = failure.put(error)
    return nil
  }
}

@_cdecl("sinf_close")
public func close(_ engine: OpaquePointer?) {
  guard let engine else { return }
  UnsafeMutablePointer<LibraryEngine>(engine).deinitialize(count: 1)
}

@_cdecl("sinf_class_count")
public func classCount(_ engine: OpaquePointer) -> UInt32 {
  UInt32(modelOf(engine).classCount)
}

@_cdecl("sinf_class_name")
public func className(
  _ engine: OpaquePointer, _ index: UInt32, _ bytes: UnsafeMutablePointer<UInt32>?
) -> UnsafePointer<CChar>? {
  let model = modelOf(engine)
  guard index < UInt32(model.classCount) else { return noText(bytes) }
  return text(model.label(Int(index)), bytes)
}

@_cdecl("sinf_cluster_count")
public func clusterCount(_ engine: OpaquePointer) -> UInt32 {
  UInt32(modelOf(engine).clusterCount)
}

@_cdecl("sinf_cluster_name")
public func clusterName(
  _ engine: OpaquePointer, _ index: UInt32, _ bytes: UnsafeMutablePointer<UInt32>?
) -> UnsafePointer<CChar>? {
  let model = modelOf(engine)
  guard index < UInt32(model.clusterCount) else { return noText(bytes) }
  return text(model.clusterName(Int(index)), bytes)
}

private func checked(_ bytes: UnsafeRawPointer?, _ count: Int) throws(LibraryError) -> Model {
  guard let bytes, count >= 0 else { throw .argument("the model is NULL") }
  guard Int(bitPattern: bytes) & (Arena.alignment - 1) == 0 else {
    throw .argument("the model's bytes must begin at a multiple of 64")
  }
  do throws(ModelError) {
    return try Model(validating: UnsafeRawBufferPointer(start: bytes, count: count))
  } catch {
    throw .model(error)
  }
}

private func modelOf(_ engine: OpaquePointer) -> Model {
  UnsafeMutablePointer<LibraryEngine>(engine).pointee.engine.model
}

private func noText(_ bytes: UnsafeMutablePointer<UInt32>?) -> UnsafePointer<CChar>? {
  bytes?.pointee = 0
  return nil
}

private func text(
  _ text: UnsafeBufferPointer<UInt8>, _ bytes: UnsafeMutablePointer<UInt32>?
) -> UnsafePointer<CChar>? {
  bytes?.pointee = UInt32(text.count)
  return UnsafeRawPointer(text.baseAddress)?.assumingMemoryBound(to: CChar.self)
}
