/// Why labelled images can't be read: the file or folder, what is wrong with it, and where it
/// helps what to do.
public struct DatasetError: Error, Equatable, CustomStringConvertible {
  public var path: String
  public var problem: String

  public init(_ path: String, _ problem: String) {
    self.path = path
    self.problem = problem
  }

  public var description: String { "\(path): \(problem)" }
}
