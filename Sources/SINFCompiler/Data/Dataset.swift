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
  ///   - classes: what the network's outputs are called. For class folders these select and order the
  ///     folders, of which some may be missing; for IDX, which has no names, they name the labels; for
  ///     CIFAR they replace the published names.
  ///   - progress: called with the pictures done and all pictures of a folder.
  /// - Throws: `DatasetError` naming the file and what is wrong with it. Single bad pictures of a
  ///   folder are no error: they end up in `LabelledImages.skipped`.
  public static func load(
    _ path: String, preprocessing: Preprocessing, classes: ClassList? = nil,
    progress: ((Int, Int) -> Void)? = nil
  ) throws -> LabelledImages {
    let (kind, place) = try detect(path)
    let form = PixelForm(preprocessing)
    switch kind {
    case .cifar:
      var images = try CIFARReader(form: form).read(place)
      if let classes {
        guard classes.names.count == images.classCount else {
          throw DatasetError(
            path, "has \(images.classCount) classes, \(classes.names.count) names were given")
        }
        images.classNames = classes.names
      }
      return images
    case .idx:
      return try IDXReader(form: form).read(place, classNames: classes?.names)
    case .folder:
      return try FolderReader(preprocessing: preprocessing, progress: progress).read(
        place, classes: classes)
    }
  }

  /// Pictures without labels: every JPEG and PNG file of a folder and the folders in it. All count as
  /// of the first of `classNames`.
  public static func unlabelled(
    _ path: String, preprocessing: Preprocessing, classNames: [String],
    progress: ((Int, Int) -> Void)? = nil
  ) throws -> LabelledImages {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw DatasetError(path, "does not exist")
    }
    guard isFolder.boolValue else {
      throw DatasetError(path, "is a file, expected a folder with JPEG or PNG files")
    }
    return try FolderReader(preprocessing: preprocessing, progress: progress).readUnlabelled(
      path, classNames: classNames)
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
    let pictures = names.count { name in
      [".jpg", ".jpeg", ".png"].contains { name.lowercased().hasSuffix($0) }
    }
    if pictures > 0 {
      throw DatasetError(
        path,
        "holds \(pictures) picture\(pictures == 1 ? "" : "s") and no folder: expected one folder a class; pictures without "
          + "labels are for --calibration")
    }
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
