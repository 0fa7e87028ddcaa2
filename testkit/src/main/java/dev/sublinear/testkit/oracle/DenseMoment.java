/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.oracle;

/** The moment itself. */
public final class DenseMoment implements Moment {
  private final double[][] s;

  /** All zero. */
  public DenseMoment(int rows, int columns) {
    s = new double[rows][columns];
  }

  @Override
  public double[] accumulate(int row, double decay, double scale, double[] x) {
    for (int c = 0; c < x.length; c++) {
      s[row][c] = decay * s[row][c] + scale * x[c];
    }
    return s[row].clone();
  }
}
