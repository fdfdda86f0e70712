import SINFGraph

extension Graph {
  /// A value for some images, and the gradient there of a loss of each image's output.
  ///
  /// - Parameters:
  ///   - given: Values from which `value` and all behind it can be computed.
  ///   - loss: The loss' gradient by the output, from the output.
  func gradient(
    at value: ValueID, given: [ValueID: Tensor], ofLoss loss: (Tensor) -> Tensor
  ) throws -> (value: Tensor, gradient: Tensor) {
    let behind = nodes(after: value)
    var reached: Set<ValueID> = [value], needed: Set<ValueID> = [value, output]
    for n in behind {
      reached.insert(nodes[n].output)
      needed.insert(nodes[n].output)
      needed.formUnion(nodes[n].inputs)
    }
    let values = try FloatExecutor(self).run(from: given, to: needed)
    var gradients = [output: loss(values[output]!)]
    for n in nodes.indices.reversed() where behind.contains(n) {
      let node = nodes[n]
      guard let above = gradients.removeValue(forKey: node.output) else { continue }
      let parts = node.operation.inputGradients(
        node.inputs.map { values[$0]! }, output: values[node.output]!, above: above)
      for (input, part) in zip(node.inputs, parts) where reached.contains(input) {
        gradients[input] = gradients[input].map { $0.adding(part) } ?? part
      }
    }
    let found = values[value]!
    return (found, gradients[value] ?? Tensor(zeros: found.count, shape: found.shape))
  }
}

extension Operation {
  /// Gradients by the operands, from that by the result.
  fileprivate func inputGradients(
    _ inputs: [Tensor], output: Tensor, above: Tensor
  ) -> [Tensor] {
    switch self {
    case .convolution(let conv):
      let passed = above.passing(conv.activation, output)
      return [conv.inputGradient(passed, input: inputs[0].shape)]
    case .maxPool(let pooling): return [pooling.maximumGradient(above, input: inputs[0])]
    case .averagePool(let pooling):
      return [pooling.meanGradient(above, input: inputs[0].shape)]
    case .globalAveragePool:
      let shape = inputs[0].shape
      let whole = Pooling(
        kernelHeight: shape.height, kernelWidth: shape.width, strideHeight: 1, strideWidth: 1)
      return [whole.meanGradient(above, input: shape)]
    case .add(let activation):
      let passed = above.passing(activation, output)
      return [passed, passed]
    case .multiply: return productGradients(inputs[0], inputs[1], above)
    case .concat: return concatenationGradients(inputs.map(\.shape), above)
    case .activation(let activation): return [above.passing(activation, output)]
    case .function(let function): return [above.scaled(bySlopeOf: function, at: inputs[0])]
    }
  }
}

/// Gradients of a product by its factors; the second may be one number a channel and image.
private func productGradients(_ left: Tensor, _ right: Tensor, _ above: Tensor) -> [Tensor] {
  var byLeft = above, byRight = Tensor(zeros: right.count, shape: right.shape)
  let perImage = left.shape.count, channels = left.shape.channels
  for i in above.storage.indices {
    let factor =
      right.shape == left.shape ? i : i / perImage * channels + i % channels
    byLeft.storage[i] *= right.storage[factor]
    byRight.storage[factor] += above.storage[i] * left.storage[i]
  }
  return [byLeft, byRight]
}

/// The channels of a gradient, divided among the operands of a concatenation.
private func concatenationGradients(_ shapes: [Shape], _ above: Tensor) -> [Tensor] {
  var first = 0
  return shapes.map { shape in
    defer { first += shape.channels }
    return above.selecting(channels: Array(first..<first + shape.channels))
  }
}

extension Tensor {
  fileprivate func adding(_ other: Tensor) -> Tensor {
    var result = self
    for i in result.storage.indices { result.storage[i] += other.storage[i] }
    return result
  }

  /// The gradient where the activation's result lies strictly inside its bounds, else 0.
  fileprivate func passing(_ activation: Activation, _ output: Tensor) -> Tensor {
    guard activation != .none else { return self }
    let (low, high) = activation.bounds
    var result = self
    for i in result.storage.indices where output.storage[i] <= low || output.storage[i] >= high {
      result.storage[i] = 0
    }
    return result
  }

  /// The gradient times the function's slope, by central difference.
  fileprivate func scaled(bySlopeOf function: ScalarFunction, at input: Tensor) -> Tensor {
    var result = self
    for i in result.storage.indices where result.storage[i] != 0 {
      let x = input.storage[i]
      let step = 1e-3 * max(abs(x), 1)
      result.storage[i] *= (function(x + step) - function(x - step)) / (2 * step)
    }
    return result
  }
}
