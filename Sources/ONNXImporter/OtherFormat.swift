import Foundation

/// A file that is given as a network and is one, but no ONNX.
struct OtherFormat {
  /// What it is and how to make an ONNX file of it.
  let advice: String

  private static let torch =
    "this is a PyTorch file; load it in Python, call model.eval() and write ONNX with "
    + "torch.onnx.export(model, example, 'network.onnx', dynamo=True)"
  private static let keras =
    "this is a Keras model; write ONNX with model.export('network.onnx', format='onnx') or with "
    + "tf2onnx (python -m tf2onnx.convert --keras)"
  private static let tensorflow =
    "this is a TensorFlow model; write ONNX with python -m tf2onnx.convert --saved-model FOLDER "
    + "--output network.onnx"
  private static let lite =
    "this is a TensorFlow Lite model; write ONNX with python -m tf2onnx.convert --tflite FILE "
    + "--output network.onnx, or better from the model that it was made of"

  /// By what the bytes say, and by the name where they could be anything. Nil for what may be ONNX.
  init?(_ data: Data, name: String) {
    func begins(_ text: String, at offset: Int = 0) -> Bool {
      data.dropFirst(offset).prefix(text.utf8.count).elementsEqual(text.utf8)
    }
    func has(_ text: String) -> Bool {
      data.prefix(1 << 16).range(of: Data(text.utf8)) != nil
    }
    let suffix = URL(fileURLWithPath: name).pathExtension.lowercased()
    if begins("TFL3", at: 4) {
      advice = Self.lite
    } else if begins("PK") {
      advice =
        suffix == "keras" || has("model.weights.h5") || has("metadata.json")
        ? Self.keras
        : has("data.pkl") || has(".data/") || has("/version") || ["pt", "pth"].contains(suffix)
          ? Self.torch : "this is a zip archive; give the .onnx file that is in it"
    } else if data.prefix(4).elementsEqual([0x89, 0x48, 0x44, 0x46]) {
      advice = Self.keras
    } else if data.first == 0x80, ["pt", "pth", "pkl", "bin", "ckpt"].contains(suffix) {
      advice = Self.torch
    } else if begins("GGUF") || begins("ggml") {
      advice = "this is a GGUF file, a language model; sinf runs convolutional networks"
    } else if suffix == "safetensors" {
      advice =
        "this holds weights without the network (safetensors); load them into the model in Python "
        + "and write ONNX with torch.onnx.export(model, example, 'network.onnx', dynamo=True)"
    } else if begins("ORTM", at: 4) {
      advice = "this is ONNX Runtime's own format (.ort); give the .onnx file that it was made of"
    } else if begins("SINF", at: 1) {
      advice = "this is a compiled model already; sinfc compile reads the .onnx file"
    } else if begins("7767517") {
      advice = "this is an ncnn network; give the ONNX file that it was made of"
    } else if begins("<?xml") || begins("<net") {
      advice = "this is an OpenVINO network; give the ONNX file that it was made of"
    } else if begins("version https://git-lfs") {
      advice = "this is a pointer of Git LFS, not the file itself; fetch it with git lfs pull"
    } else if suffix == "pb" {
      advice = Self.tensorflow
    } else {
      return nil
    }
  }

  /// A folder that is a network.
  init?(folder path: String) {
    func holds(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path + "/" + name) }
    if holds("saved_model.pb") || holds("keras_metadata.pb") {
      advice = Self.tensorflow
    } else if holds("Manifest.json") && path.contains(".mlpackage") {
      advice = "this is a Core ML model; give the ONNX file that it was made of"
    } else {
      return nil
    }
  }
}
