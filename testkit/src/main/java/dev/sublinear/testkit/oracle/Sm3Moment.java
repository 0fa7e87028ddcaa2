/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.oracle;

import java.util.Arrays;

/**
 * SM3-I and SM3-II (Anil, Gupta, Koren, Singer, 2019, both algorithms) with the slices of a tensor as cover, for any
 * decay; singletons where at most one dimension is longer than 1.
 *
 * <p>From the first step that leaves rows out the rows alone are the cover.
 */
public final class Sm3Moment implements Moment {
  private final boolean isSecond;
  private final int[] shape;
  private final int columns;
  private final double[][] accumulators;
  private final double[][] estimates;
  private int axes;

  /**
   * All zero.
   *
   * @param isSecond variant II rather than I
   * @param shape the tensor's dimensions; the first are the rows
   */
  public Sm3Moment(boolean isSecond, int... shape) {
    this.isSecond = isSecond;
    this.shape = shape.clone();
    columns = Arrays.stream(shape).skip(1).reduce(1, Math::multiplyExact);
    axes = Arrays.stream(shape).filter(size -> size > 1).count() > 1 ? shape.length : 0;
    accumulators = Arrays.stream(shape).mapToObj(double[]::new).toArray(double[][]::new);
    estimates = new double[shape[0]][columns];
  }

  /** The accumulators of a dimension. */
  public double[] accumulators(int axis) {
    return accumulators[axis].clone();
  }

  /** The estimates of the last step in which the row had a gradient. */
  public double[] estimates(int row) {
    return estimates[row].clone();
  }

  private int index(int axis, int row, int column) {
    int rest = column;
    for (int k = shape.length - 1; k > axis; k--) {
      rest /= shape[k];
    }
    return axis == 0 ? row : rest % shape[axis];
  }

  private double least(int row, int column) {
    double least = Double.POSITIVE_INFINITY;
    for (int axis = 0; axis < axes; axis++) {
      least = Math.min(least, accumulators[axis][index(axis, row, column)]);
    }
    return least;
  }

  private double[][] zeros() {
    return Arrays.stream(shape).mapToObj(double[]::new).toArray(double[][]::new);
  }

  private void raise(double[][] greatest, int row, double[] values) {
    for (int c = 0; c < columns; c++) {
      for (int axis = 0; axis < axes; axis++) {
        int slice = index(axis, row, c);
        greatest[axis][slice] = Math.max(greatest[axis][slice], values[c]);
      }
    }
  }

  @Override
  public void absorb(int[] ids, double[][] x, double decay, double scale) {
    if (axes == 0 || ids.length == 0) {
      return;
    }
    axes = ids.length < shape[0] ? 1 : axes;
    double[][] greatest = zeros();
    for (int i = 0; i < ids.length; i++) {
      for (int c = 0; c < columns; c++) {
        estimates[ids[i]][c] = decay * least(ids[i], c) + scale * x[i][c];
      }
      raise(greatest, ids[i], isSecond ? estimates[ids[i]] : x[i]);
    }
    for (int axis = 0; axis < axes; axis++) {
      for (int slice = 0; slice < shape[axis]; slice++) {
        int number = slice;
        if (axis > 0 || Arrays.stream(ids).anyMatch(id -> id == number)) {
          accumulators[axis][slice] = isSecond
              ? greatest[axis][slice]
              : decay * accumulators[axis][slice] + scale * greatest[axis][slice];
        }
      }
    }
    for (int i = 0; !isSecond && i < ids.length; i++) {
      for (int c = 0; c < columns; c++) {
        estimates[ids[i]][c] = least(ids[i], c);
      }
    }
  }

  @Override
  public double[] accumulate(int row, double decay, double scale, double[] x) {
    for (int c = 0; axes == 0 && c < columns; c++) {
      estimates[row][c] = decay * estimates[row][c] + scale * x[c];
    }
    return estimates[row].clone();
  }
}
