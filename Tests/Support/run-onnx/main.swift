// run-onnx MODEL.onnx [INPUT OUTPUT [WIDTH HEIGHT]]: imports a model and says what it is; with the
// two files, runs it on INPUT (float32, N x C x H x W without gaps) and writes the class scores to
// OUTPUT (float32). Width and height are for models that leave them open. For tools/check-onnx.sh;
// not part of the product.

import Foundation
import ONNXImporter
import SINFGraph

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data("run-onnx: \(message)\n".utf8))
  exit(1)
}

/// [image][channel][pixel] to [image][pixel][channel].
func channelsLast(_ numbers: [Float], shape: Shape, count: Int) -> Tensor {
  var storage = [Float](repeating: 0, count: numbers.count)
  for image in 0..<count {
    let base = image * shape.count
    for channel in 0..<shape.channels {
      for pixel in 0..<shape.pixels {
        storage[base + pixel * shape.channels + channel] =
          numbers[base + channel * shape.pixels + pixel]
      }
    }
  }
  return Tensor(count: count, shape: shape, storage: storage)
}

let arguments = CommandLine.arguments
guard [2, 4, 6].contains(arguments.count) else {
  fail("usage: run-onnx MODEL.onnx [INPUT OUTPUT [WIDTH HEIGHT]]")
}
do {
  var size: InputSize? = nil
  if arguments.count == 6 {
    guard let width = Int(arguments[4]), let height = Int(arguments[5]) else {
      fail("width and height are numbers")
    }
    size = InputSize(width: width, height: height)
  }
  let network = try ONNXImporter.load(path: arguments[1], size: size)
  let graph = network.graph
  print(
    "\(graph.nodes.count) nodes, \(graph.multiplyAccumulates) multiply-accumulates, "
      + "input '\(network.inputName)' \(graph[graph.input].shape), "
      + "output \(graph[graph.output].shape), softmax \(network.hasSoftmax)")
  for warning in network.warnings { print("warning: \(warning)") }
  if arguments.count >= 4 {
    let data = try Data(contentsOf: URL(fileURLWithPath: arguments[2]))
    let shape = graph[graph.input].shape
    guard data.count % (4 * shape.count) == 0 else {
      fail("\(arguments[2]) has \(data.count) bytes, not images of \(shape)")
    }
    let numbers = data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    let input = channelsLast(numbers, shape: shape, count: numbers.count / shape.count)
    let start = DispatchTime.now()
    let scores = try FloatExecutor(graph).run(input)[graph.output]!
    let seconds = Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) * 1e-9
    print("\(input.count) images in \(seconds) s")
    try scores.storage.withUnsafeBytes { Data($0) }
      .write(to: URL(fileURLWithPath: arguments[3]))
  }
} catch {
  fail("\(error)")
}
