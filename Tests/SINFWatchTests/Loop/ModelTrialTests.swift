import SINFWatch
import Testing

/// When a model that was read anew is given up.
@Suite struct ModelTrialTests {
  private func judge(_ trial: inout ModelTrial, _ classified: Int, _ failed: Int) -> Bool {
    trial.judge((classified, failed)) == .bad
  }

  @Test func withoutANewModelNothingIsJudged() {
    var trial = ModelTrial()
    #expect(!judge(&trial, 0, 1000))
    #expect(!trial.isOver)
  }

  @Test func eightFailuresAndNothingElse() {
    var trial = ModelTrial()
    trial.begin((5, 3))
    #expect(!judge(&trial, 5, 10))
    #expect(judge(&trial, 5, 11))
    #expect(judge(&trial, 5, 12))
    trial.goBack()
    #expect(trial.isOver)
    #expect(!judge(&trial, 5, 100))
  }

  @Test func oneAnswerEndsTheTrial() {
    var trial = ModelTrial()
    trial.begin((5, 3))
    #expect(!judge(&trial, 6, 10))
    #expect(!judge(&trial, 6, 100))
    #expect(!trial.isOver)
  }

  @Test func theNextModelIsTriedAgain() {
    var trial = ModelTrial()
    trial.begin((0, 0))
    #expect(judge(&trial, 0, 8))
    trial.goBack()
    trial.begin((0, 8))
    #expect(!trial.isOver)
    #expect(!judge(&trial, 0, 15))
    #expect(judge(&trial, 0, 16))
  }
}
