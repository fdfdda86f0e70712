/// What replaces the part of the next layers' input that is left out.
public enum Compensation: String, CaseIterable, Sendable {
  case none
  /// The mean of what is missing goes into the bias.
  case mean
  /// Weights and biases that read thinned channels are re-fitted by least squares.
  case leastSquares = "least-squares"
}
