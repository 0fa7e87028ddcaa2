/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import dev.sublinear.train.loop.LmOptions;
import dev.sublinear.train.loop.Schedule;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What all trainings have in common, whatever is trained; the defaults stand here too. */
final class RunArguments {
  private static final String DEFAULT = " Default: ${DEFAULT-VALUE}.";
  private static final double EPOCHS = 2;
  private static final int EVALUATIONS = 6;
  private static final int STEPS_PER_EVALUATION = 100;
  private static final String NO_CLIP = "none";
  private static final int MAX_THREADS = 1024;

  private RunArguments() {}

  /**
   * Refuses a number of threads that is none, or beyond reason.
   *
   * @throws IllegalArgumentException naming what is legal
   */
  static void checkThreads(int threads) {
    if (threads < 1 || threads > MAX_THREADS) {
      throw new IllegalArgumentException("--threads " + threads + ": must be in 1.." + MAX_THREADS);
    }
  }

  /** How it is trained. */
  static final class Training {
    @Option(names = "--schedule", paramLabel = "KIND[:KEY=VALUE]", description = {
      "How the learning rate goes: constant, linear, cosine, or plateau (divided by 4 when validation does not"
          + " improve); keys warmup=STEPS, shape=linear|quadratic (of the warm-up), end=FRACTION,"
          + " cooldown=STEPS (over the last steps the rate falls to 0 in a straight line)." + DEFAULT
    }) String schedule = "linear:end=0.1";

    @Option(names = "--clip", paramLabel = "NORM|none", description = "Largest norm of all gradients together."
        + DEFAULT) String clip = "1";

    @Option(names = "--steps", paramLabel = "N", description = "Length of the training in steps.")
    @Nullable Long steps;

    @Option(names = "--epochs", paramLabel = "X", description = "Length of the training in passes over the training data. Default: "
        + EPOCHS + ", without --steps.")
    @Nullable Double epochs;

    @Option(names = "--evaluations", paramLabel = "N", description = "Validations during the training, evenly spread, the last at the end. Default: "
        + EVALUATIONS
        + ", or with --steps at most one per " + STEPS_PER_EVALUATION + " steps.")
    @Nullable Integer evaluations;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of everything random: same seed, same result."
        + DEFAULT) long seed = 1;

    @Option(names = "--threads", paramLabel = "N", description = "Threads; changes no bit of the result. Default: one per processor.") int threads =
        Math.min(Runtime.getRuntime().availableProcessors(), MAX_THREADS);

    /** How the learning rate goes. */
    Schedule schedule() {
      return Errors.named("--schedule", () -> Schedule.parse(schedule));
    }

    /** The largest norm of the gradients; infinite for none. */
    double clip() {
      if (clip.equals(NO_CLIP)) {
        return Double.POSITIVE_INFINITY;
      }
      try {
        return Double.parseDouble(clip);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("--clip '" + clip + "': must be a number above 0, or none", e);
      }
    }

    /** How long it trains, with so many probed rows. */
    LmOptions.Length length(int probe) {
      if (steps != null && epochs != null) {
        throw new IllegalArgumentException("--steps " + steps + " and --epochs " + epochs + ": give one of them");
      }
      if (steps != null && steps < 1) {
        throw new IllegalArgumentException("--steps " + steps + ": must be >= 1");
      }
      Integer times = evaluations;
      if (times == null) {
        times = steps == null ? EVALUATIONS : Math.clamp(steps / STEPS_PER_EVALUATION, 1, EVALUATIONS);
      }
      return new LmOptions.Length(steps == null ? 0 : steps, epochs == null ? EPOCHS : epochs, times, probe);
    }
  }

  /** Where results go. */
  static final class Output {
    @Option(names = "--out", paramLabel = "DIR", description = "Folder for summary.json, metrics.jsonl and report.html. Default: a fresh runs/<time>-<n>.")
    @Nullable Path out;

    @Option(names = "--quiet", description = "No progress; only the final table and errors.") boolean quiet;
  }
}
