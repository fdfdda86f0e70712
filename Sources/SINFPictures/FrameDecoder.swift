import CImage
import SINFModel

/// What was decoded, and how long it took.
public struct FrameInfo: Sendable {
  public enum Format: UInt8, Sendable {
    case jpeg = 1
    case png = 2
  }

  public var format: Format
  /// The picture's size as stored, before its orientation is applied.
  public var width: Int
  public var height: Int
  /// Exif orientation, 1...8; 1 where the file says nothing.
  public var orientation: Int
  /// 1, 2, 4 or 8: a JPEG much larger than the input is decoded at this fraction of its size.
  public var scaleDenominator: Int
  /// Where the picture began in its source, and how many bytes it took.
  public var offset: UInt64
  public var byteCount: UInt64
  /// Time waiting for bytes, time in the decoding library, time for colours and resizing.
  public var readNanoseconds: UInt64
  public var decodeNanoseconds: UInt64
  public var preprocessNanoseconds: UInt64
  /// Time to hand bytes and pixels over to a decoding process and back; 0 without one.
  public var handoverNanoseconds: UInt64 = 0
  /// The most memory that this picture took of the decoder's.
  public var decoderBytes: Int
}

/// Turns JPEG and PNG pictures into a network's input, in memory of a fixed size.
///
/// Rows are streamed: decoded, oriented and averaged into the input without the picture ever being
/// held whole. Every picture that doesn't fit is refused with both numbers, and the decoder is
/// ready for the next one. After `init` no memory is allocated. One decoder serves one thread.
public struct FrameDecoder: ~Copyable {
  /// Enough for sequential JPEGs up to 11,000 pixels wide, PNGs up to 40,000 and progressive JPEGs
  /// (4:2:0) up to 640 x 480; docs/images.md says what other pictures need.
  public static let suggestedDecoderBytes = 1 << 20
  /// Pictures with more pixels are refused: the bound on a decompression bomb's time.
  public static let suggestedMaximumPixels: UInt64 = 178_956_970

  let decoder: OpaquePointer

  /// Bytes of memory that a decoder takes: `decoderBytes` and what its tables need.
  public static func bytesNeeded(
    preprocessing: Preprocessing, decoderBytes: Int = suggestedDecoderBytes
  ) -> Int {
    var options = cimg_options(preprocessing, decoderBytes, suggestedMaximumPixels)
    return cimg_decoder_bytes(&options)
  }

  /// - Parameters:
  ///   - memory: 64-byte aligned; all of it is used: what the tables leave over is for decoding.
  ///     Must outlive the decoder.
  ///   - maximumPixels: limit on a picture's width times height.
  /// - Throws: `.options` for a preprocessing out of range, `.memory` for a block that is smaller
  ///   than the tables and the smallest picture's decoding.
  public init(
    preprocessing: Preprocessing, memory: UnsafeMutableRawBufferPointer,
    maximumPixels: UInt64 = suggestedMaximumPixels
  ) throws(FrameError) {
    let tables = Self.bytesNeeded(preprocessing: preprocessing, decoderBytes: 0)
    var options = cimg_options(preprocessing, max(0, memory.count - tables), maximumPixels)
    var error = cimg_error()
    guard let made = cimg_decoder_create(memory.baseAddress, memory.count, &options, &error) else {
      throw FrameError(error)
    }
    decoder = made
  }

  deinit { cimg_decoder_destroy(decoder) }

  /// What became of the next picture of `source`.
  ///
  /// After an error the source stands somewhere inside the picture (`ByteSource.nextPicture` goes
  /// on to the next), and `input` holds nothing of use.
  ///
  /// - Parameter input: height * width pixels of four bytes: the colours in the order of the
  ///   preprocessing and 0; or grey, 0, 0, 0.
  public mutating func decode(
    _ source: inout ByteSource, into input: UnsafeMutablePointer<UInt8>
  ) throws(FrameError) -> FrameInfo {
    var info = cimg_info()
    var error = cimg_error()
    guard cimg_decode(decoder, &source.source, input, &info, &error) == CIMG_OK else {
      throw FrameError(error)
    }
    return FrameInfo(info)
  }

  /// The same for a picture that is decoded already; the info's format says nothing then.
  ///
  /// - Parameter pixels: its bytes must be there, `height` rows of `stride` bytes, the last one up to
  ///   its last pixel.
  /// - Throws: `.options` for sizes, stride or order out of range, `.pixels`, `.memory` for a row
  ///   that doesn't fit the decoder's memory.
  public mutating func place(
    _ pixels: cimg_pixels, into input: UnsafeMutablePointer<UInt8>
  ) throws(FrameError) -> FrameInfo {
    var pixels = pixels
    var info = cimg_info()
    var error = cimg_error()
    guard cimg_place(decoder, &pixels, input, &info, &error) == CIMG_OK else {
      throw FrameError(error)
    }
    return FrameInfo(info)
  }
}

extension FrameInfo {
  init(_ info: cimg_info) {
    self.init(
      format: info.format == CIMG_FORMAT_PNG ? .png : .jpeg, width: Int(info.width),
      height: Int(info.height), orientation: Int(info.orientation),
      scaleDenominator: Int(info.scale_denominator), offset: info.offset,
      byteCount: info.byte_count, readNanoseconds: info.read_ns,
      decodeNanoseconds: info.decode_ns, preprocessNanoseconds: info.preprocess_ns,
      decoderBytes: Int(info.decoder_bytes))
  }
}

extension cimg_options {
  init(_ preprocessing: Preprocessing, _ decoderBytes: Int, _ maximumPixels: UInt64) {
    self.init()
    width = preprocessing.width
    height = preprocessing.height
    // 0, which is refused, where the number of channels and their order contradict each other.
    switch (preprocessing.channels, preprocessing.colorOrder) {
    case (1, _): order = UInt8(CIMG_GREY)
    case (3, .rgb): order = UInt8(CIMG_RGB)
    case (3, .bgr): order = UInt8(CIMG_BGR)
    default: order = 0
    }
    fit = preprocessing.fit.rawValue
    crop_permille = preprocessing.cropPermille
    let color = preprocessing.background
    background = (color.red, color.green, color.blue)
    maximum_pixels = maximumPixels
    decoder_bytes = decoderBytes
  }
}
