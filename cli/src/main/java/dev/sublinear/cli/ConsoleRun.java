/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.step.StepSpec;
import dev.sublinear.train.report.ReportRun;
import dev.sublinear.train.report.RunDirectory;
import dev.sublinear.train.report.Summary;
import dev.sublinear.train.report.TerminalReport;
import java.util.function.Function;

/** What a training has to do with the console, whatever is trained. */
final class ConsoleRun {
  private ConsoleRun() {}

  /**
   * Trains with progress beside it; the engine is loaded here.
   *
   * @throws RunFailed if the training breaks off
   */
  static ReportRun train(Console console, boolean quiet, RunDirectory directory,
      Function<TrainingProgress, ReportRun> training) {
    try (TrainingProgress progress = TrainingProgress.on(console, quiet)) {
      return training.apply(progress);
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      throw new RunFailed(e, directory.path());
    }
  }

  /** What was asked for, as the summary quotes it. */
  static Summary.Setup setup(Console console, long seed, StepSpec optimizer) {
    return Summary.Setup.of(console.command(), seed, optimizer, KernelSelection.current().description(),
        Version.text());
  }

  /**
   * Prints the figures of a single run and where its files are.
   *
   * @throws RunFailed if it diverged
   */
  static void finish(Console console, ReportRun run, RunDirectory directory) {
    console.out().print(TerminalReport.summary(run));
    console.out().println("run:    " + directory.path());
    console.out().println("report: " + directory.reportFile());
    if (run.summary().outcome().divergedAtStep() != null) {
      throw new RunFailed(diverged(run, directory));
    }
  }

  /** What to say of a run whose loss ran away. */
  static String diverged(ReportRun run, RunDirectory directory) {
    return "the loss, a gradient or a score was not finite at step " + run.summary().outcome().divergedAtStep()
        + ": try a smaller --lr or --clip; everything so far is in " + directory.path();
  }
}
