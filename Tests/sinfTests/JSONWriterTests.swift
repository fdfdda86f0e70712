import Foundation
import Testing

@testable import sinf

@Suite struct JSONWriterTests {
  private func text(_ write: (inout Output) -> Void) -> String {
    var output = Output(descriptor: -1)
    write(&output)
    var text = ""
    output.withBytes { text = String(decoding: $0, as: UTF8.self) }
    return text
  }

  @Test func commasComeByThemselves() {
    let json = text { output in
      output.beginObject()
      output.key("a")
      output.beginArray()
      output.endArray()
      output.key("b")
      output.beginArray()
      output.value(1)
      output.beginObject()
      output.member("c", true)
      output.member("d", "e\"\n")
      output.endObject()
      output.beginArray()
      output.null()
      output.endArray()
      output.endArray()
      output.nextLine()
      output.key("f")
      output.beginText()
      output.put("g")
      output.put("\\")
      output.endText()
      output.endObject()
      output.endDocument()
      output.beginObject()
      output.endObject()
      output.endDocument()
    }
    #expect(
      json == """
        {"a":[],"b":[1,{"c":true,"d":"e\\"\\u000a"},[null]],
        "f":"g\\\\"}
        {}

        """)
  }

  @Test func numbersKeepAllTheirBits() {
    let json = text { output in
      output.beginArray()
      output.value(UInt64.max)
      output.value(UInt64(1) << 63)
      output.value(Int.min)
      output.value(known: -1)
      output.value(share: nil)
      output.value(share: 0.5)
      output.value(1_234_567, decimals: 3)
      output.endArray()
    }
    #expect(
      json == "[18446744073709551615,9223372036854775808,\(Int.min),null,null,0.500000,1234.567]")
    #expect(text { $0.put(Int64.min) } == "-9223372036854775808")
  }
}
