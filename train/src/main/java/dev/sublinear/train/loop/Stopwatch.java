/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import dev.sublinear.train.report.Summary;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Times the steps of a run and their optimizer part; evaluation is not counted as training time. */
final class Stopwatch {
  private long began;
  private boolean hasBegun;
  private long[] stepNanos = new long[1024];
  private long[] optimizerNanos = new long[1024];
  private int count;
  private long examples;
  private long started;
  private long optimizerStarted;
  private long trainingNanos;
  private long takenNanos;
  private long takenExamples;

  void start() {
    if (count == stepNanos.length) {
      stepNanos = Arrays.copyOf(stepNanos, 2 * count);
      optimizerNanos = Arrays.copyOf(optimizerNanos, 2 * count);
    }
    started = System.nanoTime();
    if (!hasBegun) {
      began = started;
      hasBegun = true;
    }
  }

  void startOptimizer() {
    optimizerStarted = System.nanoTime();
  }

  void stopOptimizer() {
    optimizerNanos[count] = System.nanoTime() - optimizerStarted;
  }

  void stop(int stepExamples) {
    stepNanos[count] = System.nanoTime() - started;
    trainingNanos += stepNanos[count];
    examples += stepExamples;
    count++;
  }

  int steps() {
    return count;
  }

  long examples() {
    return examples;
  }

  /** Seconds since the first step began, evaluations included; 0 before it. */
  double wallSeconds() {
    return hasBegun ? (System.nanoTime() - began) / 1e9 : 0;
  }

  /** What was learnt from per second, over the steps since the last call; evaluations are not counted. */
  double takeRate() {
    double rate = (examples - takenExamples) * 1e9 / Math.max(1, trainingNanos - takenNanos);
    takenExamples = examples;
    takenNanos = trainingNanos;
    return rate;
  }

  Summary.@Nullable Throughput throughput() {
    return count == 0
        ? null
        : new Summary.Throughput(examples * 1e9 / trainingNanos, medianMillis(stepNanos), medianMillis(optimizerNanos),
            meanMillis(stepNanos), meanMillis(optimizerNanos));
  }

  private double meanMillis(long[] nanos) {
    return Arrays.stream(nanos, 0, count).sum() / 1e6 / count;
  }

  private double medianMillis(long[] nanos) {
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    long twice = sorted[(count - 1) / 2] + sorted[count / 2];
    return twice / 2e6;
  }
}
