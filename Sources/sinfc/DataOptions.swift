import ArgumentParser
import SINFCompiler

/// Pictures that don't fit the network class by class.
struct DataOptions: ParsableArguments {
  @Flag(
    help:
      "A model of the classes alone that the images show: the network's other outputs are left out."
  )
  var keepClasses = false

  @Option(
    help: ArgumentHelp(
      "With --plain: pictures without labels, in a folder and the folders in it, to calibrate with "
        + "instead of labelled ones. Without --data no accuracy is measured, but how often 8 bits "
        + "say what float32 says.", valueName: "folder"))
  var calibration: String?

  func validate(plain: Bool, data: String?, precision: Bool) throws {
    if calibration != nil && !plain {
      throw ValidationError(
        "--calibration goes with --plain: clusters and thinning need labelled images (--data)")
    }
    if data == nil {
      guard calibration != nil else {
        throw ValidationError(
          "--data is missing: labelled images, or --plain --calibration with pictures without labels"
        )
      }
      if precision || keepClasses {
        throw ValidationError(
          "\(precision ? "--min-precision" : "--keep-classes") needs labelled images: give --data")
      }
    }
  }
}
