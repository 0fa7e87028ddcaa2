/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.train.data.Examples;

/** Sparse rows that a noisy line separates, for the smoke run: a function of the row alone. */
record RandomExamples(int rows, int features) implements Examples {
  /** One feature in this many is not zero. */
  private static final int SPARSITY = 3;

  private static final long KEY = CounterRandom.key(1, CounterRandom.stream("random examples"), 0);

  @Override
  public String name() {
    return "random";
  }

  @Override
  public boolean isPositive(int row) {
    double sum = 0.5 * (CounterRandom.uniformDouble(KEY, -1L - row) - 0.5);
    int[] index = new int[features];
    double[] value = new double[features];
    int n = read(row, index, value);
    for (int k = 0; k < n; k++) {
      sum += index[k] % 2 == 0 ? value[k] : -value[k];
    }
    return sum > 0;
  }

  @Override
  public int read(int row, int[] index, double[] value) {
    int n = 0;
    for (int i = 0; i < features; i++) {
      long cell = (long) row * features + i;
      if (CounterRandom.below(KEY, 2 * cell, SPARSITY) == 0) {
        index[n] = i;
        // Scales over two decades, so that a preconditioner has something to do.
        value[n++] = CounterRandom.uniformDouble(KEY, 2 * cell + 1) * StrictMath.pow(100, (double) -i / features);
      }
    }
    return n;
  }
}
