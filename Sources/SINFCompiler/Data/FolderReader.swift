import Foundation
import SINFModel

/// A folder of class folders with JPEG and PNG files (the ImageFolder convention), each turned
/// into the network's input by the code that the device uses. Files may lie one folder deeper
/// inside their class. Classes are in the order of their folders' names (as UTF-8 bytes), or as a
/// list says. Whatever is no picture of a class is named and skipped.
///
/// Where the folder has `train` and `test`, `val` or `validation`, the class folders are inside
/// those, and all but `train` make the data set's test part.
struct FolderReader {
  let preprocessing: Preprocessing
  /// Called with the files done and all files.
  var progress: ((Int, Int) -> Void)?

  func read(_ path: String, classes: ClassList?) throws -> LabelledImages {
    var scan = FolderScan(root: path)
    try scan.run(classes: classes)
    return try images(of: scan, path, whereToLook: "in a class folder")
  }

  /// Pictures of a folder and the folders in it, all of the first of `classNames`.
  func readUnlabelled(_ path: String, classNames: [String]) throws -> LabelledImages {
    var scan = FolderScan(root: path)
    try scan.runUnlabelled()
    var images = try images(of: scan, path, whereToLook: "that could be a picture")
    images.classNames = classNames
    return images
  }

  private func images(
    of scan: FolderScan, _ path: String, whereToLook: String
  ) throws -> LabelledImages {
    guard !scan.files.isEmpty else {
      throw DatasetError(
        path,
        "holds no file \(whereToLook)"
          + (scan.skipped.first.map { " (skipped \($0.name): \($0.reason))" } ?? ""))
    }
    let form = PixelForm(preprocessing)
    let decoded = try PictureBatch(preprocessing: preprocessing).decode(
      scan.files.map { path + "/" + $0.name }, progress: progress)
    var result = LabelledImages(
      width: form.width, height: form.height, channels: form.channels, pixels: [], labels: [],
      classNames: scan.classNames, sources: [])
    result.skipped = scan.skipped
    result.pixels.reserveCapacity(scan.files.count * form.bytesPerImage)
    var ends = [0, 0]
    for (file, picture) in zip(scan.files, decoded) {
      switch picture {
      case .success(let pixels):
        result.pixels += pixels
        result.labels.append(file.label)
        result.sources.append(ImageSource(file: file.name))
        if file.part == .train { ends[0] += 1 }
        if file.part <= .validation { ends[1] += 1 }
      case .failure(let error):
        result.skipped.append(SkippedFile(name: file.name, reason: error.problem))
      }
    }
    guard result.count > 0 else {
      let first = result.skipped.last!
      throw DatasetError(
        path,
        "holds no readable picture among \(scan.files.count) files (\(first.name): \(first.reason))"
      )
    }
    result.testPart = ends[0]..<result.count
    result.choosingPart = ends[0]..<ends[1]
    return result
  }
}
