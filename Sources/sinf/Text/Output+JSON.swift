// Writes JSON (RFC 8259): names, values, beginnings and ends come as they stand in it, commas come by
// themselves. Keys are literals that need no escaping.

extension Output {
  mutating func beginObject() { begin("{") }
  mutating func endObject() { end("}") }
  mutating func beginArray() { begin("[") }
  mutating func endArray() { end("]") }

  /// Ends the line behind a whole value; the next one stands alone.
  mutating func endDocument() {
    needsComma = false
    put("\n")
  }

  /// What comes next in the object or array begins a line, `indent` columns in.
  mutating func nextLine(indent: Int = 0) {
    separate()
    put("\n")
    put(0x20, times: indent)
  }

  /// A member's name; its value, or the beginning of one, comes next.
  mutating func key(_ name: StaticString) {
    separate()
    put("\"")
    put(name)
    put("\":")
  }

  mutating func value(_ text: UnsafeBufferPointer<UInt8>) {
    beginText()
    put(utf8: text)
    endText()
  }

  mutating func value(_ text: StaticString) { value(text.bytes) }

  /// What is put until `endText` is a string's content.
  mutating func beginText() {
    separate()
    beginJSONString()
  }

  mutating func endText() {
    endJSONString()
    needsComma = true
  }

  mutating func value(_ number: UInt64) {
    separate()
    put(number)
    needsComma = true
  }

  mutating func value(_ number: Int) {
    separate()
    put(number)
    needsComma = true
  }

  mutating func value(_ truth: Bool) {
    separate()
    put(truth ? "true" : "false")
    needsComma = true
  }

  mutating func null() {
    separate()
    put("null")
    needsComma = true
  }

  /// null for nil.
  mutating func value(_ number: UInt64?) {
    if let number { value(number) } else { null() }
  }

  /// null for nil.
  mutating func value(_ truth: Bool?) {
    if let truth { value(truth) } else { null() }
  }

  /// null for what is negative because it is unknown.
  mutating func value(known number: Int64) {
    value(number < 0 ? nil : UInt64(number))
  }

  /// A share in 0 ... 1 with six decimals; null for nil.
  mutating func value(share: Float?) {
    guard let share else { return null() }
    separate()
    put(share: share)
    needsComma = true
  }

  /// A number >= 0 with six decimals.
  mutating func value(positive number: Float) {
    separate()
    put(positive: number)
    needsComma = true
  }

  /// Millionths, or other parts, as a decimal fraction; null for nil.
  mutating func value(_ number: UInt64?, decimals: Int) {
    guard let number else { return null() }
    separate()
    put(number, decimals: decimals)
    needsComma = true
  }

  mutating func member(_ name: StaticString, _ text: UnsafeBufferPointer<UInt8>) {
    key(name)
    value(text)
  }

  mutating func member(_ name: StaticString, _ text: StaticString) {
    key(name)
    value(text)
  }

  mutating func member(_ name: StaticString, _ number: UInt64?) {
    key(name)
    value(number)
  }

  /// The number is not negative.
  mutating func member(_ name: StaticString, _ number: Int) {
    key(name)
    value(number)
  }

  mutating func member(_ name: StaticString, _ truth: Bool?) {
    key(name)
    value(truth)
  }

  /// A comma where one is due, and then none until something has been written.
  private mutating func separate() {
    if needsComma { put(",") }
    needsComma = false
  }

  private mutating func begin(_ mark: StaticString) {
    separate()
    put(mark)
  }

  private mutating func end(_ mark: StaticString) {
    put(mark)
    needsComma = true
  }
}
