import CImage
import CSINF
import SINFModel
import SINFPictures
import SINFRuntime

// Entry points of include/sinf.h, which is their manual: pictures.

@_cdecl("sinf_classify_pixels")
public func classifyPixels(
  _ engine: OpaquePointer?, _ pixels: UnsafePointer<sinf_pixels>?,
  _ result: UnsafeMutablePointer<sinf_result>?, _ error: UnsafeMutablePointer<sinf_error>?
) -> Int32 {
  guard let engine, let result, let picture = pixels?.pointee, let bytes = picture.bytes else {
    return LibraryError.argument("sinf_classify_pixels: a pointer is NULL").put(error)
  }
  let own = UnsafeMutablePointer<LibraryEngine>(engine)
  do throws(FrameError) {
    // Layouts have the numbers of CImage's orders; one out of range is refused there.
    let info = try own.pointee.decoder.place(
      cimg_pixels(
        bytes: bytes.assumingMemoryBound(to: UInt8.self), width: picture.width,
        height: picture.height, stride: picture.stride,
        order: UInt8(exactly: picture.layout) ?? 0),
      into: own.pointee.engine.input)
    own.pointee.label(info, result)
    return Int32(SINF_OK)
  } catch let failure {
    return LibraryError.frame(failure).put(error)
  }
}

@_cdecl("sinf_classify_encoded")
public func classifyEncoded(
  _ engine: OpaquePointer?, _ bytes: UnsafeRawPointer?, _ count: Int,
  _ result: UnsafeMutablePointer<sinf_result>?, _ error: UnsafeMutablePointer<sinf_error>?
) -> Int32 {
  guard let engine, let result, let bytes, count >= 0 else {
    return LibraryError.argument("sinf_classify_encoded: a pointer is NULL").put(error)
  }
  let own = UnsafeMutablePointer<LibraryEngine>(engine)
  do throws(FrameError) {
    var source = ByteSource(memory: UnsafeRawBufferPointer(start: bytes, count: count))
    let info = try own.pointee.decoder.decode(&source, into: own.pointee.engine.input)
    own.pointee.label(info, result)
    return Int32(SINF_OK)
  } catch let failure {
    return LibraryError.frame(failure).put(error)
  }
}

extension LibraryEngine {
  /// Runs the picture in the engine's input; what came out.
  mutating func label(_ info: FrameInfo, _ result: UnsafeMutablePointer<sinf_result>) {
    let outcome = engine.run(.routed)
    let count = engine.top(LibraryEngine.labelCount, into: ranked)
    let model = engine.model
    // They lie in the caller's memory, which stays.
    let labels = withUnsafeMutablePointer(to: &result.pointee.labels) {
      UnsafeMutableRawPointer($0)
    }.assumingMemoryBound(to: sinf_label.self)
    result.pointee.label_count = UInt32(count)
    for index in 0..<count {
      let name = model.label(ranked[index].classIndex)
      labels[index] = sinf_label(
        name: UnsafeRawPointer(name.baseAddress)?.assumingMemoryBound(to: CChar.self),
        name_bytes: UInt32(name.count), class_index: UInt32(ranked[index].classIndex),
        share: ranked[index].probability)
    }
    result.pointee.path =
      switch outcome.path {
      case .stop: Int32(SINF_PATH_STOP)
      case .subgraph: Int32(SINF_PATH_SUBGRAPH)
      case .fallback: Int32(SINF_PATH_FALLBACK)
      case .whole: Int32(SINF_PATH_WHOLE)
      }
    result.pointee.stop = Int32(outcome.stop ?? 0)
    result.pointee.cluster = Int32(outcome.cluster ?? -1)
    result.pointee.route_share = outcome.routeConfidence ?? -1
    result.pointee.macs = outcome.macs
    result.pointee.decode_ns = info.decodeNanoseconds
    result.pointee.resize_ns = info.preprocessNanoseconds
    result.pointee.features_ns = outcome.featuresNanoseconds
    result.pointee.route_ns = outcome.routeNanoseconds
    result.pointee.rest_ns = outcome.restNanoseconds
    result.pointee.width = UInt32(info.width)
    result.pointee.height = UInt32(info.height)
    result.pointee.picture_bytes = info.byteCount
    result.pointee.decoder_bytes = UInt64(info.decoderBytes)
  }
}
