/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.train.data.Examples;
import dev.sublinear.train.data.Permutation;
import java.util.stream.IntStream;

/**
 * Rows of others in another order.
 *
 * @param others whose rows
 * @param order their numbers, each once
 */
record ShuffledExamples(Examples others, int[] order) implements Examples {
  /** All rows in an order drawn from {@code seed} alone. */
  static ShuffledExamples of(Examples others, long seed) {
    return new ShuffledExamples(others, order(others.rows(), seed));
  }

  /** The numbers below {@code n} in an order drawn from {@code seed} alone. */
  static int[] order(int n, long seed) {
    long key = CounterRandom.key(seed, CounterRandom.stream("online examples"), 0);
    return Permutation.shuffle(IntStream.range(0, n).toArray(), key);
  }

  @Override
  public String name() {
    return others.name();
  }

  @Override
  public int rows() {
    return order.length;
  }

  @Override
  public int features() {
    return others.features();
  }

  @Override
  public boolean isPositive(int row) {
    return others.isPositive(order[row]);
  }

  @Override
  public int read(int row, int[] index, double[] value) {
    return others.read(order[row], index, value);
  }
}
