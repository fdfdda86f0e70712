import SINFModel

extension ModelError: CustomStringConvertible {
  public var description: String {
    var bytes: [UInt8] = []
    describe { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self)
  }
}
