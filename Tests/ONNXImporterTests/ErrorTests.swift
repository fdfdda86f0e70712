import Foundation
import ONNX
import Testing

@testable import ONNXImporter

@Suite struct ErrorTests {
  /// The small classifier with a change, and what its error must be and say.
  private func refused(
    _ kind: ImportError.Kind, _ words: [String], _ change: (inout ModelWriter) -> Void
  ) {
    var writer = smallClassifier()
    change(&writer)
    guard let error = writer.failure() else {
      Issue.record("was imported; expected an error with \(words)")
      return
    }
    #expect(error.kind == kind)
    for word in words + ["/nowhere/model.onnx"] { #expect(error.description.contains(word)) }
  }

  @Test func operatorsAndAttributesOutsideTheSupportedOnes() {
    refused(.unsupported, ["node 2", "'middle'", "(Einsum", "output 'relu'", "transformers"]) {
      $0.model.graph.node[2].opType = "Einsum"
      $0.model.graph.node[2].name = "middle"
    }
    refused(.unsupported, ["(Loop", "dynamo=True"]) { $0.model.graph.node[2].opType = "Loop" }
    refused(.unsupported, ["(ConvTranspose", "classifiers"]) {
      $0.model.graph.node[2].opType = "ConvTranspose"
    }
    refused(.unsupported, ["(Relu", "com.example"]) {
      $0.model.graph.node[2].domain = "com.example"
    }
    refused(.unsupported, ["dilations are [2, 2]"]) {
      $0.model.graph.node[3].attribute.append(attribute("dilations", [2, 2]))
    }
    refused(.unsupported, ["transA is 1"]) {
      $0.model.graph.node[5].attribute.append(attribute("transA", 1))
    }
    refused(.unsupported, ["(Dropout", "training mode"]) {
      $0.model.graph.initializer.append(
        .with {
          $0.name = "true"
          $0.dataType = 9
          $0.int32Data = [1]
        })
      $0.node("Dropout", ["scores", "", "true"], "end")
    }
    refused(.unsupported, ["reads a softmax"]) {
      $0.node("Softmax", ["scores"], "soft")
      $0.node("Relu", ["soft"], "end")
    }
    refused(.malformed, ["(Gemm", "[4, 12]", "[outputs, 4]"]) {
      $0.model.graph.node[4].attribute = [attribute("axis", 2)]
    }
    for version in [6, 29] as [Int64] {
      refused(.unsupported, ["operator set \(version)", "7 to 28"]) {
        $0.model.opsetImport[0].version = version
      }
    }
    refused(.unsupported, ["tensor 'linear.bias'", "data type 8"]) {
      $0.model.graph.initializer[7].dataType = 8
    }
    refused(.malformed, ["'linear.bias'", "integer"]) {
      $0.model.graph.initializer[7].dataType = 6
    }
  }

  @Test func inputsAndOutputs() {
    refused(.unsupported, ["input 'image'", "? x 2 x ? x 4", "--input-size"]) {
      $0.model.graph.input[0].type.tensorType.shape.dim[2].dimParam = "height"
    }
    refused(.unsupported, ["type 7"]) { $0.model.graph.input[0].type.tensorType.elemType = 7 }
    refused(.unsupported, ["2 inputs"]) {
      $0.model.graph.input.append(.with { $0.name = "other" })
    }
    refused(.malformed, ["no node makes", "'nothing'"]) {
      $0.model.graph.output[0].name = "nothing"
    }
    refused(.unsupported, ["'pool'", "2x2x3"]) { $0.model.graph.output[0].name = "pool" }
    refused(.malformed, ["no output"]) { $0.model.graph.output = [] }
  }

  @Test func brokenGraphs() {
    refused(.malformed, ["node 2", "'relu'", "cycles"]) { $0.model.graph.node.swapAt(2, 3) }
    refused(.malformed, ["node 1", "cycles"]) { $0.model.graph.node[1].input[0] = "pool" }
    refused(.malformed, ["'linear.weight'", "no initialiser"]) {
      $0.model.graph.initializer.removeAll { $0.name == "linear.weight" }
    }
    refused(.malformed, ["node 1", "'conv'", "already"]) {
      $0.model.graph.node[1].output[0] = "conv"
    }
    refused(.malformed, ["tensor 'scale'", "twice"]) {
      $0.model.graph.initializer.append($0.model.graph.initializer[2])
    }
  }

  @Test func brokenTensors() {
    refused(.malformed, ["tensor 'conv.weight'", "212 bytes", "216"]) {
      $0.model.graph.initializer[0].rawData.removeLast(4)
    }
    refused(.malformed, ["tensor 'conv.weight'", "shape"]) {
      $0.model.graph.initializer[0].dims = [1 << 40, 1 << 40, 3, 3]
    }
    refused(.malformed, ["tensor 'conv.weight'", "shape"]) {
      $0.model.graph.initializer[0].dims = [3, -2, 3, 3]
    }
    refused(.malformed, ["(Conv", "fit 2 input channels"]) {
      $0.model.graph.initializer[0].dims = [2, 3, 3, 3]
    }
    refused(.malformed, ["(Gemm", "[4, 11]", "[outputs, 12]"]) {
      $0.model.graph.initializer[6].dims = [4, 11]
      $0.model.graph.initializer[6].rawData.removeLast(16)
    }
    refused(.malformed, ["'mean'", "not finite"]) {
      $0.model.graph.initializer[4].rawData[3] = 0x7F
      $0.model.graph.initializer[4].rawData[2] = 0x80
    }
    refused(.malformed, ["variance and epsilon of channel 0"]) {
      $0.model.graph.initializer[5].rawData[3] = 0xBF
    }
  }

  @Test func brokenAttributes() {
    refused(.malformed, ["attribute 'pads'", "float", "ints"]) {
      $0.model.graph.node[0].attribute = [attribute("pads", float: 1)]
    }
    refused(.unsupported, ["strides is [0, 1]"]) {
      $0.model.graph.node[0].attribute.append(attribute("strides", [0, 1]))
    }
    refused(.malformed, ["does not fit into 5x4x3"]) {
      $0.model.graph.node[3].attribute = [attribute("kernel_shape", [6, 6])]
    }
    refused(.unsupported, ["as wide as the kernel"]) {
      $0.model.graph.node[3].attribute = [
        attribute("kernel_shape", [2, 2]), attribute("pads", [2, 2, 2, 2]),
      ]
    }
  }

  @Test func filesThatAreNotModels() {
    func error(_ bytes: [UInt8]) -> ImportError? {
      do throws(ImportError) {
        _ = try ONNXImporter.load(Data(bytes), path: "x.onnx")
        return nil
      } catch {
        return error
      }
    }
    #expect(error([])?.kind == .malformed)
    #expect(error(Array("hello, this is no model".utf8))?.kind == .malformed)
    #expect(error([UInt8](repeating: 0xFF, count: 100))?.kind == .malformed)
    #expect(throws: ImportError(.unreadable, file: "/nowhere/x.onnx", reason: "can't be read")) {
      try ONNXImporter.load(path: "/nowhere/x.onnx")
    }
  }

  /// Every truncation, and every byte with single bits flipped and set to extremes: an error of
  /// ours or a network that can be run, never a trap.
  @Test func corruptionNeverTraps() throws {
    let good = Array(try smallClassifier().model.serializedBytes() as Data)
    var imported = 0
    func attempt(_ bytes: [UInt8]) throws {
      do throws(ImportError) {
        let network = try ONNXImporter.load(Data(bytes), path: "x.onnx")
        try? network.graph.check()
        imported += 1
      } catch {
        #expect(!error.reason.isEmpty && error.file == "x.onnx")
      }
    }
    for length in 0..<good.count { try attempt(Array(good[..<length])) }
    // The format marks no end: a cut between two fields of the model can leave a whole one.
    #expect(imported <= 1)
    for place in good.indices {
      for value in [good[place] ^ 1, good[place] ^ 0x10, good[place] ^ 0x80, 0, 0x7F, 0xFF] {
        var bytes = good
        bytes[place] = value
        try attempt(bytes)
      }
    }
    #expect(imported > 0)
  }
}

/// Networks that are no ONNX are named for what they are.
@Suite struct OtherFormatTests {
  @Test(arguments: [
    ("net.tflite", Array("\u{1C}\0\0\0TFL3".utf8), "TensorFlow Lite"),
    ("net.pt", Array("PK\u{3}\u{4}net/data.pkl".utf8), "PyTorch"),
    ("net.pth", [0x80, 2, 0x8A], "PyTorch"),
    ("net.keras", Array("PK\u{3}\u{4}metadata.json".utf8), "Keras"),
    ("net.h5", [0x89, 0x48, 0x44, 0x46, 13, 10], "Keras"),
    ("net.safetensors", [8, 0, 0, 0, 0, 0, 0, 0, 0x7B], "safetensors"),
    ("saved_model.pb", [8, 1, 18], "TensorFlow"),
    ("net.gguf", Array("GGUF".utf8), "language model"),
    ("net.sinf", [0x89, 0x53, 0x49, 0x4E, 0x46], "compiled"),
    ("net.onnx", Array("version https://git-lfs.github.com/spec/v1".utf8), "Git LFS"),
  ])
  func isNamed(name: String, bytes: [UInt8], what: String) throws {
    do throws(ImportError) {
      _ = try ONNXImporter.load(Data(bytes), path: name)
      Issue.record("\(name) was imported")
    } catch {
      #expect(error.kind == .unsupported && error.description.contains(what))
    }
  }
}
