/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import dev.sublinear.gradient.RowTable;
import dev.sublinear.gradient.SparseRows;
import dev.sublinear.step.RowOptimizer;

/**
 * Whether an optimizer does what it is timed for. That its numbers are right is for the contract suites to say, which
 * run over every pair; here it must have moved every row of a batch, and no other.
 */
final class StepCheck {
  private StepCheck() {}

  /**
   * Makes a step, after which every row with a gradient must have other, finite values and the rows between the same.
   */
  static void run(RowOptimizer optimizer, SparseRows gradient) {
    RowTable table = optimizer.parameters();
    int count = Math.toIntExact(gradient.count());
    float[] before = new float[count];
    float[] between = new float[count];
    for (int i = 0; i < count; i++) {
      before[i] = sum(table, gradient.row(i));
      between[i] = sum(table, neighbour(gradient, i, table.rows()));
    }
    optimizer.step(gradient, Batches.LEARNING_RATE);
    for (int i = 0; i < count; i++) {
      long row = gradient.row(i);
      float after = sum(table, row);
      if (!Float.isFinite(after) || after == before[i]) {
        throw new CheckFailed(optimizer.spec() + ": a step left row " + row + " at " + after);
      }
      long neighbour = neighbour(gradient, i, table.rows());
      if (neighbour != row && sum(table, neighbour) != between[i]) {
        throw new CheckFailed(optimizer.spec() + ": a step moved row " + neighbour + ", which had no gradient");
      }
    }
  }

  /** The row after the i-th of the gradient if it has none itself, else the i-th. */
  private static long neighbour(SparseRows gradient, int i, long rows) {
    long next = gradient.row(i) + 1;
    boolean taken = i + 1 < gradient.count() ? gradient.row(i + 1) == next : next == rows;
    return taken ? next - 1 : next;
  }

  private static float sum(RowTable table, long row) {
    float sum = 0;
    for (int c = 0; c < table.columns(); c++) {
      sum += Math.abs(table.get(row, c));
    }
    return sum;
  }
}
