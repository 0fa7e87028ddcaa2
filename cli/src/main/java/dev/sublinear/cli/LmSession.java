/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.train.data.Corpora;
import dev.sublinear.train.data.Corpus;
import dev.sublinear.train.loop.LmOptions;
import dev.sublinear.train.loop.LmTraining;
import dev.sublinear.train.report.ReportRun;
import dev.sublinear.train.report.RunDirectory;
import dev.sublinear.train.report.Summary;
import java.io.IOException;
import java.util.Locale;

/**
 * A corpus in memory and the runs on it: what {@code train lm} does once and {@code compare lm} several times.
 *
 * @param console where progress goes
 * @param arguments the shared options
 * @param corpus the text
 */
record LmSession(Console console, LmArguments arguments, Corpus corpus) {
  /**
   * Checks where the results go, and reads the corpus; the options must have been checked before.
   *
   * @throws IllegalArgumentException if the directory or the corpus is not usable
   */
  static LmSession open(Console console, LmArguments arguments) throws IOException {
    RunDirectory.validate(arguments.output.out);
    LmSession session = new LmSession(console, arguments,
        Corpora.open(arguments.text.corpus, arguments.text.maxVocabulary));
    session.say(String.format(Locale.ROOT, "%s: %,d train tokens, %,d words", session.corpus.name(),
        session.corpus.train().length, session.corpus.vocabulary().size()));
    return session;
  }

  /**
   * The options as they suit this corpus.
   *
   * @throws IllegalArgumentException if corpus or memory do not suffice
   */
  LmOptions checked(LmOptions options) {
    LmOptions fitted = arguments.fitted(options, corpus.vocabulary().size());
    LmTraining.check(fitted, corpus);
    return fitted;
  }

  /** Trains; the engine is loaded here. */
  ReportRun train(String label, LmOptions options, RunDirectory directory) {
    OptimizerSpec tables = options.optimization().tables();
    try (TrainingProgress progress = TrainingProgress.on(console, arguments.output.quiet);
        LmTraining training = new LmTraining(options, corpus, arguments.training.threads, progress)) {
      Summary.Setup setup = new Summary.Setup(console.command(), options.seed(), tables.rule().toString(),
          tables.state(), KernelSelection.current().description(), Version.text());
      return training.run(label, setup, directory);
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      throw new RunFailed(e, directory.path());
    }
  }

  /** A line for the person who waits. */
  void say(String line) {
    if (!arguments.output.quiet) {
      console.say(line);
    }
  }

  /** What to say of a run whose loss ran away. */
  static String diverged(ReportRun run, RunDirectory directory) {
    return "the loss or a gradient was not finite at step " + run.summary().outcome().divergedAtStep()
        + ": try a smaller --lr or --clip; everything so far is in " + directory.path();
  }
}
