/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs to report on, with made-up figures. */
final class SampleRuns {
  static final String HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

  private SampleRuns() {}

  static Summary completed(String command) {
    return completed(command, 5);
  }

  static Summary completed(String command, double loss) {
    return summary(command, null, Summary.Score.ofLoss(loss), new Summary.Throughput(15_203.4, 46.2, 5.1, 47.3, 5.4));
  }

  /** A run that stopped at step 7 before any evaluation. */
  static Summary diverged() {
    return summary("./sublinear train lm --lr 90", 7L, null, null);
  }

  private static Summary summary(
      String command,
      @Nullable Long divergedAt,
      Summary.@Nullable Score score,
      Summary.@Nullable Throughput throughput) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("embedding", 128);
    settings.put("hidden", 256);
    return new Summary(
        new Summary.Setup(command, 42, "adam", "m=count-sketch:0.2,v=count-min:0.2", "simd-512", "0.1.0"),
        new Summary.Task(
            new Summary.Corpus("wordnet", 1_480_000, 55_000, new Summary.UnigramPerplexity(812.3, 809.1)),
            new Summary.Model("lstm", settings)),
        new Summary.Outcome(divergedAt == null ? 60 : 7, 12.5, divergedAt, HASH, 1_200_000_000L, null),
        new Summary.Scores(new Summary.Loss(divergedAt == null ? 5.1 : Double.NaN), score, score, null),
        List.of(
            new Summary.MemoryComponent("input table", true, 1000, 400, 2000),
            new Summary.MemoryComponent("output bias", false, 10, 20, 20)),
        throughput);
  }

  static TrainMetric train(long step, double loss) {
    return new TrainMetric(new Progress(step, 0.5, step * 700, Progress.Unit.TOKENS, step * 0.25), loss, 0.002, 15_000);
  }

  static ValidationMetric validation(long step, double loss) {
    return new ValidationMetric(new Progress(step, 0.5, step * 700, Progress.Unit.TOKENS, step * 0.25),
        Summary.Score.ofLoss(loss));
  }

  /** The error of a slot that has one, and of a slot whose exact moments are 0. */
  static ProbeMetric probe(long step, double relativeError, double overEstimate) {
    return new ProbeMetric(new Progress(step, 0.5, step * 700, Progress.Unit.TOKENS, step * 0.25),
        List.of(new ProbeMetric.SlotError("input.table", "m", relativeError, overEstimate),
            new ProbeMetric.SlotError("input.table", "v", Double.POSITIVE_INFINITY, 0)));
  }

  static List<Metric> metrics(int count) {
    List<Metric> metrics = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      metrics.add(train(i * 10L, 9 - 0.1 * i));
    }
    metrics.add(validation(count * 10L, 5));
    return metrics;
  }
}
