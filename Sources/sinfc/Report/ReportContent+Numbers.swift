import SINFCompiler

extension ReportContent {
  /// What the report shows, for machines; pictures aside.
  var numbers: [String: Any] {
    let confusions = Confusions(answers)
    func name(_ label: Int) -> String { images.classNames[label] }
    var object: [String: Any] = [
      "arena_bytes": description.arenaBytes,
      "by_class": confusions.results.map { result in
        var object: [String: Any] = ["name": name(result.label), "images": result.images]
        ResultText.put(result.accuracy, "accuracy", &object)
        if let mistake = result.mistake {
          object["mistake"] = name(mistake.answer)
          object["mistakes"] = mistake.count
        }
        return object
      },
      "confusions": confusions.mistakes.map {
        ["shows": name($0.pair.label), "named": name($0.pair.answer), "images": $0.count]
          as [String: Any]
      },
      "paths": Dictionary(
        uniqueKeysWithValues: Answer.Path.allCases.map { path in
          (path.rawValue, answers.count { $0.path == path })
        }),
      "rows": rows.map { row in
        var object: [String: Any] = ["name": row.name]
        ResultText.put(row.accuracy, "accuracy", &object)
        if let macs = row.multiplyAccumulates { object["macs"] = macs }
        if let time = row.milliseconds { object["milliseconds"] = time }
        return object
      },
    ]
    if !candidates.isEmpty {
      object["candidates"] = candidates.map { candidate in
        var object: [String: Any] = [
          "name": candidate.name, "kind": candidate.kind.rawValue,
          "macs": candidate.multiplyAccumulates, "milliseconds": candidate.milliseconds,
          "chosen": candidate.isChosen,
        ]
        ResultText.put(candidate.accuracy, "accuracy", &object)
        return object
      }
    }
    if !layerErrors.isEmpty {
      object["layer_errors"] = layerErrors.map {
        ["name": $0.name, "relative_error": $0.relative] as [String: Any]
      }
    }
    if !keptFilters.isEmpty {
      object["filters"] = keptFilters.map {
        ["name": $0.name, "kept": $0.kept, "of": $0.of] as [String: Any]
      }
    }
    return object
  }
}
