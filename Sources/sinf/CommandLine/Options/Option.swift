/// An option of the program or of its commands. What is known of each stands in `entry`; parsing, help,
/// completion, manual pages and the keys of configuration files follow from it.
///
/// The order is that of the help.
enum Option: Int {
  case config, checkConfig
  case model, trustedKey, route, routeThreshold, minShare, memory, threads
  case top, format, details, noTimes, output, changes, rotateBytes, rotateKeep, heartbeat
  case recursive, include, done, failed, unsure, deleteDone, settle, rescan, order, maxQueue, once
  case state, remember
  case iterations, seconds, warmup, cold, layerTimes, compare
  case layers, plan, verify
  case maxPixels, frameTimeout, requireSandbox, noSandbox
  case completion, manual, version
  case help

  /// The option of these commands that is written so; nil where there is none.
  init?(_ word: UnsafeBufferPointer<UInt8>, of commands: Commands) {
    var index = 0
    while let option = Option(rawValue: index) {
      index += 1
      let entry = option.entry
      guard entry.commands.contains(commands) else { continue }
      if entry.isWritten(word) {
        self = option
        return
      }
    }
    return nil
  }

  /// The option of these commands whose name without dashes the key of a configuration file is.
  init?(key: UnsafeBufferPointer<UInt8>, of commands: Commands) {
    var index = 0
    while let option = Option(rawValue: index) {
      index += 1
      let entry = option.entry
      guard entry.isKey, entry.commands.contains(commands) else { continue }
      if withoutDashes(entry.name) == key
        || entry.alias.map({ withoutDashes($0) == key }) == true
      {
        self = option
        return
      }
    }
    return nil
  }

  var name: StaticString { entry.name }

  /// The name of the option of these commands that `word` may have been meant for.
  static func suggestion(
    for word: UnsafeBufferPointer<UInt8>, of commands: Commands
  ) -> StaticString? {
    var suggestion = Suggestion(for: word)
    var index = 0
    while let option = Option(rawValue: index) {
      index += 1
      let entry = option.entry
      guard entry.commands.contains(commands) else { continue }
      suggestion.consider(entry.name)
      if let alias = entry.alias { suggestion.consider(alias, meaning: entry.name) }
    }
    return suggestion.best
  }

  /// The option of these commands whose key `word` may have been meant for.
  static func suggestion(
    forKey word: UnsafeBufferPointer<UInt8>, of commands: Commands
  ) -> Option? {
    var suggestion = Suggestion(for: word)
    var best: Option?
    var index = 0
    while let option = Option(rawValue: index) {
      index += 1
      let entry = option.entry
      guard entry.isKey, entry.commands.contains(commands) else { continue }
      if suggestion.consider(withoutDashes(entry.name)) { best = option }
    }
    return best
  }
}

/// The name as a key of a configuration file has it.
func withoutDashes(_ name: StaticString) -> UnsafeBufferPointer<UInt8> {
  UnsafeBufferPointer(rebasing: name.bytes.dropFirst(2))
}
