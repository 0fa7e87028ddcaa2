/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.oracle;

/**
 * The whole moment, cut down to its largest singular value and vectors after every step (Eckart, Young, 1936), by
 * one-sided Jacobi rotations of its columns (Hestenes, 1958).
 */
public final class RankOneSvdMoment implements Moment {
  private static final int SWEEPS = 60;
  private final int columns;
  private double[][] s;

  /** All zero. */
  public RankOneSvdMoment(int rows, int columns) {
    this.columns = columns;
    s = new double[rows][columns];
  }

  @Override
  public void absorb(int[] ids, double[][] x, double decay, double scale) {
    for (double[] row : s) {
      for (int c = 0; c < columns; c++) {
        row[c] *= decay;
      }
    }
    for (int i = 0; i < ids.length; i++) {
      for (int c = 0; c < columns; c++) {
        s[ids[i]][c] += scale * x[i][c];
      }
    }
    s = bestOfRankOne(s);
  }

  @Override
  public double[] accumulate(int row, double decay, double scale, double[] x) {
    return s[row].clone();
  }

  /** A V with orthogonal columns, V a product of rotations: the longest column is sigma u, its column of V is v. */
  private static double[][] bestOfRankOne(double[][] matrix) {
    int columns = matrix[0].length;
    double[][] a = new double[matrix.length][];
    for (int i = 0; i < a.length; i++) {
      a[i] = matrix[i].clone();
    }
    double[][] v = new double[columns][columns];
    for (int c = 0; c < columns; c++) {
      v[c][c] = 1;
    }
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      for (int p = 0; p < columns; p++) {
        for (int q = p + 1; q < columns; q++) {
          double both = dot(a, p, q);
          if (both != 0) {
            double zeta = (dot(a, q, q) - dot(a, p, p)) / (2 * both);
            double tangent = Math.copySign(1, zeta) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
            double cosine = 1 / Math.sqrt(1 + tangent * tangent);
            rotate(a, p, q, cosine, cosine * tangent);
            rotate(v, p, q, cosine, cosine * tangent);
          }
        }
      }
    }
    int longest = 0;
    for (int c = 1; c < columns; c++) {
      longest = dot(a, c, c) > dot(a, longest, longest) ? c : longest;
    }
    double[][] best = new double[a.length][columns];
    for (int i = 0; i < a.length; i++) {
      for (int c = 0; c < columns; c++) {
        best[i][c] = a[i][longest] * v[c][longest];
      }
    }
    return best;
  }

  private static double dot(double[][] a, int p, int q) {
    double sum = 0;
    for (double[] row : a) {
      sum += row[p] * row[q];
    }
    return sum;
  }

  private static void rotate(double[][] a, int p, int q, double cosine, double sine) {
    for (double[] row : a) {
      double first = row[p];
      row[p] = cosine * first - sine * row[q];
      row[q] = sine * first + cosine * row[q];
    }
  }
}
