/// What to do about a network that can't be imported.
enum Hint {
  static let exportAgain =
    "exporting again in evaluation mode with torch.onnx.export(..., dynamo=True), or passing the "
    + "file through onnxsim, often removes it"

  static let transformer =
    "sinf runs convolutional networks, no transformers"

  /// Why `name` is not supported, and what would help.
  static func unknown(_ name: String, domain: String) -> String {
    let place = domain.isEmpty ? "" : " of the domain '\(domain)'"
    return "operator\(place) not supported: " + (reasons[name] ?? exportAgain)
  }

  /// Of operators that are met in the wild, what they stand for.
  private static let reasons: [String: String] = {
    var result: [String: String] = [:]
    for (names, reason) in [
      (
        [
          "LayerNormalization", "SimplifiedLayerNormalization", "SkipLayerNormalization",
          "RMSNormalization", "Attention", "MultiHeadAttention", "GroupQueryAttention",
          "RotaryEmbedding", "Einsum", "EmbedLayerNormalization",
        ],
        "it belongs to transformers and their like (attention, layer normalisation); "
          + transformer
      ),
      (
        ["ConvTranspose", "DepthToSpace", "Upsample", "GridSample", "MaxUnpool", "Resize"],
        "it makes images larger or resamples them, as networks for segmentation and detection do; "
          + "sinf runs classifiers"
      ),
      (
        ["NonMaxSuppression", "RoiAlign", "MaxRoiPool", "GatherND", "ScatterND", "NonZero"],
        "it belongs to detection; sinf runs classifiers"
      ),
      (
        ["LSTM", "GRU", "RNN", "Scan", "Loop", "SequenceAt", "SequenceConstruct"],
        "it repeats steps, as recurrent networks do; " + exportAgain
      ),
      (["If"], "a branch that is chosen while the network runs; " + exportAgain),
      (
        ["InstanceNormalization", "GroupNormalization", "LpNormalization", "LRN"],
        "it normalises each image by its own statistics, which has no form in 8-bit integers here; "
          + "batch normalisation has"
      ),
      (
        ["ZipMap", "ArrayFeatureExtractor", "TreeEnsembleClassifier", "LinearClassifier"],
        "it belongs to classical models (skl2onnx); sinf runs convolutional networks"
      ),
    ] {
      for name in names { result[name] = reason }
    }
    return result
  }()
}
