/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import dev.sublinear.gradient.RowTable;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.RowOptimizer;
import dev.sublinear.step.Workers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The first steps of an optimizer in a JVM that has compiled nothing yet; run as a program of its own.
 *
 * @param firstNanos the first step
 * @param steadyNanos the median of the last tenth of the steps
 * @param sum of all parameters, which every JVM must arrive at alike
 */
record FirstStep(long firstNanos, long steadyNanos, float sum) {
  private static final int STEPS = 200;
  private static final int LAST = STEPS / 10;
  private static final int COLUMNS = 64;

  /** Arguments: optimizer, threads, rows of the table, rows of a step. Prints the three figures. */
  public static void main(String[] args) {
    FirstStep result =
        measure(args[0], Integer.parseInt(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3]));
    System.out.println(result.firstNanos + " " + result.steadyNanos + " " + result.sum);
  }

  static FirstStep measure(String optimizer, int threads, int rows, int count) {
    Batches batches = new Batches(rows, COLUMNS, count, 4);
    try (Arena arena = Arena.ofShared(); Workers workers = new Workers(threads)) {
      RowTable table = RowTable.allocate(arena, rows, COLUMNS);
      RowOptimizer steps = new RowOptimizer(OptimizerSpec.parse(optimizer), table, 1, arena, workers);
      double[] nanos = new double[STEPS];
      for (int i = 0; i < STEPS; i++) {
        long start = System.nanoTime();
        steps.step(batches.gradient(i % batches.size()), Batches.LEARNING_RATE);
        nanos[i] = System.nanoTime() - start;
      }
      double[] last = new double[LAST];
      System.arraycopy(nanos, STEPS - LAST, last, 0, LAST);
      float sum = 0;
      for (long row = 0; row < rows; row++) {
        for (int c = 0; c < COLUMNS; c++) {
          sum += table.get(row, c);
        }
      }
      return new FirstStep((long) nanos[0], (long) Comparison.median(last), sum);
    }
  }

  /** {@link #measure} in a fresh JVM with the flags of this one. */
  static FirstStep inFreshJvm(String optimizer, int threads, int rows, int count) throws IOException {
    List<String> command = FreshJvm.command(FreshJvm.flags(), FirstStep.class,
        List.of(optimizer, Integer.toString(threads), Integer.toString(rows), Integer.toString(count)));
    Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    String[] figures = answer.split(" ");
    if (figures.length != 3) {
      throw new IOException("a JVM started with " + String.join(" ", command) + " said '" + answer + "'");
    }
    return new FirstStep(Long.parseLong(figures[0]), Long.parseLong(figures[1]), Float.parseFloat(figures[2]));
  }
}
