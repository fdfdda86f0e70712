import Foundation
import SINFModelWriter

/// Files appear whole or not at all.
enum FileOutput {
  static func write(_ bytes: [UInt8], to path: String) throws {
    try ModelWriter.publish(bytes, to: path)
  }
}
