/// Where every field of a model file is: the one description that reader and writer share.
///
/// All integers are little-endian, all offsets in bytes from the start of the record they belong
/// to. docs/format.md is the same in prose.
public enum Layout {
  /// The bytes 89 53 49 4E 46 0D 0A 1A ("\x89SINF\r\n\x1A") as a little-endian integer: a high bit
  /// and both line ends, so that a text transfer shows at once (the idea is PNG's).
  public static let magic: UInt64 = 0x1A0A_0D46_4E49_5389
  public static let majorVersion: UInt16 = 1
  public static let minorVersion: UInt16 = 4
  /// Sections, and the arrays inside a weights section, begin at multiples of this.
  public static let alignment = 64
  /// "No tensor" in an operation's second input.
  public static let noTensor: UInt16 = 0xFFFF
  /// Bytes of a lookup operation's table.
  public static let lookupBytes = 256

  public enum Header {
    public static let magic = 0  // u64
    public static let major = 8  // u16
    public static let minor = 10  // u16
    public static let sectionCount = 12  // u32
    public static let fileBytes = 16  // u64
    public static let minimumShare = 24  // f32, from minor version 4
    public static let reserved = 28  // 32 zero bytes
    public static let checksum = 60  // u32, over bytes 0 ..< 60 and the section table
    public static let byteCount = 64
  }

  /// The bytes 89 53 49 47 4E 0D 0A 1A ("\x89SIGN\r\n\x1A") as a little-endian integer.
  public static let signatureMagic: UInt64 = 0x1A0A_0D4E_4749_5389

  /// What stands behind a model that is signed; its length is not part of the header's.
  public enum Signature {
    public static let magic = 0  // u64
    public static let version = 8  // u32, 1
    public static let reserved = 12  // 20 zero bytes
    public static let publicKey = 32  // 32 bytes, Ed25519
    public static let signature = 64  // 64 bytes, Ed25519ph over everything before it
    public static let byteCount = 128
  }

  /// An entry of the section table, which follows the header.
  public enum Section {
    public static let kind = 0  // u32, SectionKind
    public static let index = 4  // u32, program of a weights section, otherwise 0
    public static let offset = 8  // u64, from the start of the file
    public static let byteCount = 16  // u64
    public static let checksum = 24  // u32
    public static let reserved = 28  // u32 zero
    public static let stride = 32
  }

  /// The only record of the section `.model`.
  public enum Model {
    public static let width = 0  // u16
    public static let height = 2  // u16
    public static let channels = 4  // u8
    public static let colorOrder = 5  // u8, Preprocessing.ColorOrder
    public static let fit = 6  // u8, Preprocessing.Fit
    public static let reserved0 = 7  // u8 zero
    public static let cropPermille = 8  // u16
    public static let background = 10  // u8 red, green, blue
    public static let reserved1 = 13  // 3 zero bytes
    public static let arenaBytes = 16  // u32
    public static let routeThreshold = 20  // f32, 0 in a plain model
    public static let inverseTemperature = 24  // f32, 0 in a plain model
    public static let scoreWeight = 28  // f32, 0 in a plain model
    public static let byteCount = 32
  }

  /// The only record of the section `.metadata`.
  public enum Metadata {
    public static let compilerVersion = 0  // text reference
    public static let networkName = 8  // text reference
    public static let inputDigest = 16  // 32 bytes, SHA-256
    public static let seed = 48  // u64
    public static let baseMultiplyAccumulates = 56  // u64
    public static let routedMultiplyAccumulates = 64  // u64
    public static let baseFloatAccuracy = 72  // f32
    public static let baseAccuracy = 76  // f32
    public static let routedAccuracy = 80  // f32
    public static let routeAccuracy = 84  // f32
    public static let fallbackShare = 88  // f32
    public static let testImages = 92  // u32
    public static let byteCount = 96
  }

  /// A reference into the section `.text`; a record of the section `.labels`.
  public enum Text {
    public static let offset = 0  // u32, from the start of the section `.text`
    public static let byteCount = 4  // u32
    public static let stride = 8
  }

  /// A record of the section `.clusters`.
  public enum Cluster {
    public static let name = 0  // text reference
    public static let firstMember = 8  // u32, element of the section `.classes`
    public static let memberCount = 12  // u32
    public static let firstRow = 16  // u32, element of the section `.classes`
    public static let rowCount = 20  // u32
    public static let stride = 24
  }

  /// A record of the section `.tensors`.
  public enum Tensor {
    public static let element = 0  // u8, ElementType
    public static let zeroPoint = 1  // u8
    public static let height = 2  // u16
    public static let width = 4  // u16
    public static let channels = 6  // u16
    public static let pixelStride = 8  // u32, bytes
    public static let arenaOffset = 12  // u32, bytes
    public static let scale = 16  // f32
    public static let reserved = 20  // u32 zero
    public static let stride = 24
  }

  /// A record of the section `.programs`.
  public enum Program {
    public static let kind = 0  // u8, ProgramKind
    public static let reserved0 = 1  // u8 zero
    public static let cluster = 2  // u16
    public static let input = 4  // u16, tensor
    public static let output = 6  // u16, tensor
    public static let firstOperation = 8  // u32
    public static let operationCount = 12  // u32
    public static let multiplyAccumulates = 16  // u64
    public static let stopMargin = 24  // f32, of a route from minor version 3; others 0
    public static let reserved1 = 28  // u32 zero: a weight for the scores of an earlier stop
    public static let stride = 32
  }

  /// A record of the section `.operations`. Fields that a kind has no use for are zero.
  public enum Operation {
    /// An average counts padding.
    public static let countsPaddingFlag: UInt8 = 1
    /// The products of each pair of a convolution's weights fit a 16-bit sum; from minor version 1.
    public static let pairsFitFlag: UInt8 = 2

    public static let kind = 0  // u8, OperationKind
    public static let flags = 1  // u8, of the flags above
    public static let low = 2  // u8
    public static let high = 3  // u8
    public static let input = 4  // u16, tensor
    public static let secondInput = 6  // u16, tensor or noTensor
    public static let output = 8  // u16, tensor
    public static let reserved0 = 10  // u16 zero
    public static let kernelHeight = 12  // u16
    public static let kernelWidth = 14  // u16
    public static let strideHeight = 16  // u16
    public static let strideWidth = 18  // u16
    public static let padTop = 20  // u16
    public static let padLeft = 22  // u16
    public static let padValues = 24  // 4 bytes
    public static let reserved1 = 28  // u32 zero
    public static let multiplier = 32  // f32
    public static let secondMultiplier = 36  // f32
    // Into the program's weights section:
    public static let weights = 40  // u32: packed weights, or a lookup's table
    public static let weightBytes = 44  // u32
    public static let bias = 48  // u32: one i32 a packed channel
    public static let weightSums = 52  // u32: one i32 a packed channel
    public static let multipliers = 56  // u32: one f32 a packed channel
    public static let reserved2 = 60  // u32 zero
    public static let stride = 64
  }

  /// What a file may ask for at most. They keep every sum of offsets inside 32-bit integers, and
  /// the time and the stack of validation bounded.
  public enum Limit {
    public static let fileBytes: Int64 = 0x7FFF_FFC0
    public static let arenaBytes: Int64 = 0x4000_0000
    public static let classes: Int64 = 65_535
    public static let tensors: Int64 = 65_535
    public static let programs: Int64 = 4_096
    public static let operationsPerProgram: Int64 = 1_024
    public static let textBytes: Int64 = 1_024
    /// Height or width of a tensor or a kernel.
    public static let extent: Int64 = 16_384
    public static let stride: Int64 = 255
    /// Rows or columns of padding on one side of a convolution.
    public static let padding: Int64 = 255
    /// Window elements that all operations of a program visit for one image.
    public static let work: Int64 = 1 << 40
  }
}

/// The sections of a file, in the order in which they stand in it. Each is there exactly once,
/// `.weights` once a program; one that has nothing to say is empty.
public enum SectionKind: UInt32, Sendable {
  /// Preprocessing, arena size, route decision.
  case model = 1
  case metadata = 2
  /// A text reference a class.
  case labels = 3
  case clusters = 4
  /// Class indices (u16) of the clusters' members and rows.
  case classes = 5
  /// UTF-8 without terminators.
  case text = 6
  case tensors = 7
  case programs = 8
  case operations = 9
  /// What one program's operations compute with.
  case weights = 10

  /// Sections before the first `.weights`.
  public static let fixedCount = 9
}
