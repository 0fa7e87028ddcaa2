/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.sketch;

/** Eigenvalues and singular values by plane rotations in plain Java: slow, and accurate to the last digits. */
final class Jacobi {
  private static final int SWEEPS = 60;

  private Jacobi() {}

  /** The eigenvalues of symmetric {@code a} [n x n], ascending. */
  static double[] eigenvalues(double[] a, int n) {
    double[] s = a.clone();
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          if (s[p * n + q] != 0) {
            double[] cs = rotation(s[p * n + p], s[q * n + q], s[p * n + q]);
            rotate(s, p * n, q * n, 1, n, cs);
            rotate(s, p, q, n, n, cs);
          }
        }
      }
    }
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = s[i * n + i];
    }
    java.util.Arrays.sort(values);
    return values;
  }

  /** Turns the rows of {@code a} [rows x columns] into s_i v_i by falling length: A = U S V^T (Hestenes, 1958). */
  static double[] scaledRightVectors(double[] a, int rows, int columns) {
    double[] s = a.clone();
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      for (int p = 0; p < rows; p++) {
        for (int q = p + 1; q < rows; q++) {
          double pq = dot(s, p * columns, q * columns, columns);
          double pp = dot(s, p * columns, p * columns, columns);
          double qq = dot(s, q * columns, q * columns, columns);
          if (Math.abs(pq) > 1e-17 * Math.sqrt(pp * qq)) {
            rotate(s, p * columns, q * columns, 1, columns, rotation(pp, qq, pq));
          }
        }
      }
    }
    Integer[] order = new Integer[rows];
    java.util.Arrays.setAll(order, i -> i);
    java.util.Arrays.sort(order, java.util.Comparator
        .comparingDouble((Integer i) -> -dot(s, i * columns, i * columns, columns)));
    double[] sorted = new double[rows * columns];
    for (int i = 0; i < rows; i++) {
      System.arraycopy(s, order[i] * columns, sorted, i * columns, columns);
    }
    return sorted;
  }

  static double dot(double[] a, int i, int j, int n) {
    double sum = 0;
    for (int k = 0; k < n; k++) {
      sum += a[i + k] * a[j + k];
    }
    return sum;
  }

  /** Cosine and sine that make the off-diagonal element zero. */
  private static double[] rotation(double pp, double qq, double pq) {
    double tau = (qq - pp) / (2 * pq);
    double t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.hypot(1, tau));
    double c = 1 / Math.hypot(1, t);
    return new double[] {c, t * c};
  }

  private static void rotate(double[] s, int p, int q, int stride, int n, double[] cs) {
    for (int k = 0; k < n; k++) {
      double x = s[p + k * stride];
      double y = s[q + k * stride];
      s[p + k * stride] = cs[0] * x - cs[1] * y;
      s[q + k * stride] = cs[1] * x + cs[0] * y;
    }
  }
}
