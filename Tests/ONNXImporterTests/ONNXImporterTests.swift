@testable import ONNXImporter
