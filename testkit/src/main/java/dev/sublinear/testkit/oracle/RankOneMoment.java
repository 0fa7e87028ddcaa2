/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.oracle;

import java.util.Arrays;

/**
 * Row and column sums, after Shazeer, Stern, 2018, algorithm 4; rows decay when they are touched, the column sums once
 * in every step that has rows, and the estimate is R_i C_j over the sum of C, or 0 where that is.
 */
public final class RankOneMoment implements Moment {
  private final double[] rowSums;
  private final double[] columnSums;

  /** All zero. */
  public RankOneMoment(int rows, int columns) {
    rowSums = new double[rows];
    columnSums = new double[columns];
  }

  @Override
  public void absorb(int[] ids, double[][] x, double decay, double scale) {
    for (int i = 0; i < ids.length; i++) {
      rowSums[ids[i]] = decay * rowSums[ids[i]] + scale * Arrays.stream(x[i]).sum();
    }
    for (int c = 0; ids.length > 0 && c < columnSums.length; c++) {
      int column = c;
      columnSums[c] = decay * columnSums[c] + scale * Arrays.stream(x).mapToDouble(row -> row[column]).sum();
    }
  }

  @Override
  public double[] accumulate(int row, double decay, double scale, double[] x) {
    double total = Arrays.stream(columnSums).sum();
    return Arrays.stream(columnSums).map(sum -> total == 0 ? 0 : rowSums[row] * sum / total).toArray();
  }
}
