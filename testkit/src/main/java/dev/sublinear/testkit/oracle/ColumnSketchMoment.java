/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.oracle;

import dev.sublinear.kernel.CounterRandom;

/**
 * Sums of the columns of a row that share a bucket (Spring, Kyrillidis, Mohan, Shrivastava, 2019, section 6.2): the
 * bucket of column c, with k = floor(c / width), is (number k of stream "sketch columns", step 0, below width, plus c)
 * mod width, not counting the k width columns before.
 */
public final class ColumnSketchMoment implements Moment {
  private static final long STREAM = CounterRandom.stream("sketch columns");
  private final long seed;
  private final int width;
  private final double[][] cells;

  /**
   * All zero.
   *
   * @param seed the seed of the moment
   * @param rows rows of the table
   * @param width number of buckets of a row
   */
  public ColumnSketchMoment(long seed, int rows, int width) {
    this.seed = seed;
    this.width = width;
    cells = new double[rows][width];
  }

  /** The bucket of a column. */
  public int bucket(int column) {
    long run = column / width;
    return (int) ((CounterRandom.below(CounterRandom.key(seed, STREAM, 0), run, width) + column - run * width) % width);
  }

  @Override
  public double[] accumulate(int row, double decay, double scale, double[] x) {
    double[] sums = new double[width];
    for (int c = 0; c < x.length; c++) {
      sums[bucket(c)] += x[c];
    }
    for (int b = 0; b < width; b++) {
      cells[row][b] = decay * cells[row][b] + scale * sums[b];
    }
    double[] estimate = new double[x.length];
    for (int c = 0; c < x.length; c++) {
      estimate[c] = cells[row][bucket(c)];
    }
    return estimate;
  }
}
