/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.sketch;

import java.util.Arrays;

/**
 * Algorithm 1 and observation 6 as they stand: G, Gbar and rho of a stream, by singular values from plane rotations.
 */
final class SketchOracle {
  final int size;
  final int columns;
  final double beta2;

  /** G_t, [d x d]. */
  double[] sum;

  /** B with Gbar = B^T B, any number of rows. */
  double[] rows = new double[0];
  double escaped;
  double last;

  SketchOracle(int size, int columns, double beta2) {
    this.size = size;
    this.columns = columns;
    this.beta2 = beta2;
    sum = new double[columns * columns];
  }

  /** One update by A^T A. */
  void update(double[] a) {
    decay();
    add(a);
    shrink();
  }

  void decay() {
    for (int i = 0; i < sum.length; i++) {
      sum[i] *= beta2;
    }
    for (int i = 0; i < rows.length; i++) {
      rows[i] *= Math.sqrt(beta2);
    }
    escaped *= beta2;
  }

  void add(double[] a) {
    double[] added = square(a, columns);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += added[i];
    }
    int before = rows.length;
    rows = Arrays.copyOf(rows, before + a.length);
    System.arraycopy(a, 0, rows, before, a.length);
  }

  void shrink() {
    int n = rows.length / columns;
    double[] scaled = Jacobi.scaledRightVectors(rows, n, columns);
    double cut = n < size ? 0 : length(scaled, size - 1);
    int kept = Math.min(size - 1, n);
    for (int i = 0; i < kept; i++) {
      double length = length(scaled, i);
      double factor = length > 0 ? Math.sqrt((length - cut) * (length + cut)) / length : 0;
      for (int j = 0; j < columns; j++) {
        scaled[i * columns + j] *= factor;
      }
    }
    rows = Arrays.copyOf(scaled, kept * columns);
    last = cut * cut;
    escaped += last;
  }

  private double length(double[] scaled, int i) {
    return Math.sqrt(Jacobi.dot(scaled, i * columns, i * columns, columns));
  }

  /** Gbar. */
  double[] sketch() {
    return square(rows, columns);
  }

  /** A^T A. */
  static double[] square(double[] a, int columns) {
    double[] result = new double[columns * columns];
    for (int r = 0; r < a.length; r += columns) {
      for (int i = 0; i < columns; i++) {
        for (int j = 0; j < columns; j++) {
          result[i * columns + j] += a[r + i] * a[r + j];
        }
      }
    }
    return result;
  }

  static double trace(double[] a, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += a[i * n + i];
    }
    return sum;
  }

  /** a + factor b. */
  static double[] plus(double[] a, double factor, double[] b) {
    double[] result = a.clone();
    for (int i = 0; i < a.length; i++) {
      result[i] += factor * b[i];
    }
    return result;
  }

  /** a + x I. */
  static double[] plusDiagonal(double[] a, double x, int n) {
    double[] result = a.clone();
    for (int i = 0; i < n; i++) {
      result[i * n + i] += x;
    }
    return result;
  }

  /** The least of (sum of lam_i, i > k) / (l - k) over k below l. */
  static double omega(double[] sum, int columns, int size) {
    double[] ascending = Jacobi.eigenvalues(sum, columns);
    double least = Double.POSITIVE_INFINITY;
    for (int k = 0; k < Math.min(size, columns + 1); k++) {
      double tail = 0;
      for (int i = 0; i < columns - k; i++) {
        tail += ascending[i];
      }
      least = Math.min(least, tail / (size - k));
    }
    return least;
  }
}
