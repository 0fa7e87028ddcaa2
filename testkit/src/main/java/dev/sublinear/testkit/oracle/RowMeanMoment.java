/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.oracle;

import java.util.Arrays;

/** One number a row: the decayed mean over the columns (Mudigere et al., 2022, row-wise Adagrad, for any decay). */
public final class RowMeanMoment implements Moment {
  private final double[] means;

  /** All zero. */
  public RowMeanMoment(int rows) {
    means = new double[rows];
  }

  @Override
  public double[] accumulate(int row, double decay, double scale, double[] x) {
    means[row] = decay * means[row] + scale * Arrays.stream(x).average().orElseThrow();
    double[] estimate = new double[x.length];
    Arrays.fill(estimate, means[row]);
    return estimate;
  }
}
