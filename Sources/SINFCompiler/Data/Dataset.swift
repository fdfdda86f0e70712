import Foundation
import SINFModel

/// Reads labelled images, whatever form they come in.
public enum Dataset: String, Sendable {
  /// CIFAR-10 or CIFAR-100, binary: folder, archive or one file.
  case cifar = "CIFAR binary"
  /// IDX images and labels (MNIST, Fashion-MNIST): folder or one images file.
  case idx = "IDX"
  /// A folder of class folders with JPEG and PNG files.
  case folder = "folder of class folders"

  /// All images of `path` in the form that `preprocessing` says. Their kind is told by content.
  ///
  /// - Parameters:
  ///   - classes: names in the order of the network's outputs. For class folders these select and
  ///     order the folders; for IDX, which has no names, they name the labels; for CIFAR they
  ///     replace the published names.
  ///   - progress: called with the pictures done and all pictures of a folder.
  /// - Throws: `DatasetError` naming the file and what is wrong with it. Single bad pictures of a
  ///   folder are no error: they end up in `LabelledImages.skipped`.
  public static func load(
    _ path: String, preprocessing: Preprocessing, classes: [String]? = nil,
    progress: ((Int, Int) -> Void)? = nil
  ) throws -> LabelledImages {
    let (kind, place) = try detect(path)
    let form = PixelForm(preprocessing)
    switch kind {
    case .cifar:
      var images = try CIFARReader(form: form).read(place)
      if let classes {
        guard classes.count == images.classCount else {
          throw DatasetError(
            path, "has \(images.classCount) classes, \(classes.count) names were given")
        }
        images.classNames = classes
      }
      return images
    case .idx:
      return try IDXReader(form: form).read(place, classNames: classes)
    case .folder:
      return try FolderReader(preprocessing: preprocessing, progress: progress).read(
        place, classOrder: classes)
    }
  }

  /// The kind of data at `path`, and where exactly it is: the published archives unpack to a
  /// folder inside a folder.
  static func detect(_ path: String) throws -> (Dataset, String) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw DatasetError(path, "does not exist")
    }
    return isFolder.boolValue ? try detectFolder(path) : (try detectFile(path), path)
  }

  private static func detectFolder(_ path: String) throws -> (Dataset, String) {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    } catch {
      throw DatasetError(path, "can't be listed")
    }
    for inner in ["cifar-100-binary", "cifar-10-batches-bin"] where names.contains(inner) {
      return (.cifar, path + "/" + inner)
    }
    let published: Set<String> = [
      "train.bin", "test.bin", "test_batch.bin", "data_batch_1.bin",
    ]
    if names.contains(where: published.contains) { return (.cifar, path) }
    if names.contains(where: IDXReader.isImages) { return (.idx, path) }
    if let archive = names.first(where: { $0.hasPrefix("cifar-10") && $0.contains(".tar") }) {
      return (.cifar, path + "/" + archive)
    }
    let hasFolder = names.contains { name in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: path + "/" + name, isDirectory: &isFolder)
        && isFolder.boolValue
    }
    if hasFolder { return (.folder, path) }
    throw DatasetError(path, "is a folder without class folders, CIFAR .bin files or IDX files")
  }

  private static func detectFile(_ path: String) throws -> Dataset {
    let name = URL(fileURLWithPath: path).lastPathComponent
    if name.hasSuffix(".bin") { return .cifar }
    let head = try ByteStream(path: path).upTo(512)
    if head.starts(with: [0, 0, 8, 3]) { return .idx }
    if head.starts(with: [0, 0, 8, 1]) {
      throw DatasetError(path, "holds IDX labels; give the file of images, or the folder")
    }
    if try holdsFiles(path) { return .cifar }
    throw DatasetError(
      path,
      "is not understood: expected a folder of class folders with JPEG or PNG files, CIFAR-10 or"
        + " CIFAR-100 in binary form (folder, archive or .bin), or IDX files")
  }

  /// Whether a file is an archive; one that is damaged from the beginning counts as none.
  private static func holdsFiles(_ path: String) throws -> Bool {
    let archive = try ArchiveReader(path: path)
    return (try? archive.next()) != nil
  }
}
