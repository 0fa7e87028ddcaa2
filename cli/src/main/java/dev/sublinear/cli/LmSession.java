/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import dev.sublinear.train.data.Corpora;
import dev.sublinear.train.data.Corpus;
import dev.sublinear.train.loop.LmOptions;
import dev.sublinear.train.loop.LmTraining;
import dev.sublinear.train.report.ReportRun;
import dev.sublinear.train.report.RunDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * A corpus in memory and the runs to do on it: one for {@code train lm}, several for {@code compare lm}.
 *
 * @param console where progress goes
 * @param arguments the shared options
 * @param corpus the text
 * @param runs what to train, as it suits the corpus
 */
record LmSession(Console console, LmArguments arguments, Corpus corpus, List<LmOptions> runs) {
  /**
   * Checks where the results go, reads the corpus, and checks that the runs suit it and this machine; the engine is not
   * loaded and nothing is written.
   *
   * @throws IllegalArgumentException naming what is not usable
   * @throws RunFailed if the build has no engine for this system
   */
  static LmSession open(Console console, LmArguments arguments, List<LmOptions> asked) throws IOException {
    RunDirectory.validate(arguments.output.out);
    checkPlatform(System.getProperty("os.name"), System.getProperty("os.arch"));
    Corpus corpus = Corpora.open(arguments.data.corpus, arguments.data.maxVocabulary);
    int words = corpus.vocabulary().size();
    List<LmOptions> runs = asked.stream().map(options -> arguments.fitted(options, words)).toList();
    runs.forEach(options -> LmTraining.check(options, corpus));
    LmSession session = new LmSession(console, arguments, corpus, runs);
    session.say(String.format(Locale.ROOT, "%s: %,d train tokens, %,d words", corpus.name(), corpus.train().length,
        words));
    return session;
  }

  /**
   * Says so at once where the engine cannot be loaded.
   *
   * @throws RunFailed if the build has no engine for this system
   */
  static void checkPlatform(String system, String processor) {
    if (!system.startsWith("Linux") || !(processor.equals("amd64") || processor.equals("x86_64"))) {
      throw new RunFailed("training needs the engine's native library, which this build has for Linux on x86-64 only,"
          + " not for " + system + " on " + processor + ": plan and the library work here");
    }
  }

  /** Trains; the engine is loaded here. */
  ReportRun train(String label, LmOptions options, RunDirectory directory) {
    return ConsoleRun.train(console, arguments.output.quiet, directory, progress -> {
      try (LmTraining training = new LmTraining(options, corpus, arguments.training.threads, progress)) {
        return training.run(label, ConsoleRun.setup(console, options.seed(), options.optimization().tables()),
            directory);
      }
    });
  }

  /** A line for the person who waits. */
  void say(String line) {
    if (!arguments.output.quiet) {
      console.say(line);
    }
  }
}
