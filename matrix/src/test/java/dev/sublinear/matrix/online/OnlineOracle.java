/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.online;

import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/**
 * The online methods as the papers write them, with whole d x d matrices and an eigendecomposition by Jacobi rotations
 * of its own; eigenvalues up to 1e-14 of the largest are 0.
 */
final class OnlineOracle {
  private static final int SWEEPS = 60;

  private final String method;
  private final OnlineOptions options;
  private final double[] w;
  private double[][] matrix;
  private double alpha;
  private int t;

  OnlineOracle(String method, int d, OnlineOptions options) {
    this.method = method;
    this.options = options;
    w = new double[d];
    matrix = new double[d][d];
    alpha = options.delta();
  }

  double[] weights() {
    return w;
  }

  void step(double[] g) {
    t++;
    double lr = options.learningRate();
    double delta = options.delta();
    switch (method) {
      case "ogd" -> move(g, lr / Math.sqrt(t + delta));
      case "adagrad" -> {
        for (int i = 0; i < w.length; i++) {
          matrix[i][i] += g[i] * g[i];
          double h = matrix[i][i] + delta;
          w[i] -= lr * (h == 0 ? g[i] : g[i] / Math.sqrt(h));
        }
      }
      case "full-adagrad" -> {
        add(g, 1);
        move(apply(matrix, g, x -> power(x + delta, -0.5)), lr);
      }
      case "ada-fd" -> {
        frequentDirections(g, 1, 0);
        move(apply(matrix, g, x -> 1 / (Math.sqrt(x) + delta)), lr);
      }
      case "fd-son" -> {
        frequentDirections(g, 1 / Math.sqrt(Math.sqrt(t) * lr), 0);
        move(apply(matrix, g, x -> power(x + alpha, -1)), 1);
      }
      case "rfd-son" -> {
        frequentDirections(g, 1 / Math.sqrt(t * lr), 0.5);
        move(apply(matrix, g, x -> power(x + alpha, -1)), 1);
      }
      case "s-adagrad" -> {
        frequentDirections(g, 1, 1);
        move(apply(matrix, g, x -> power(x + alpha, -0.5)), lr);
      }
      default -> throw new IllegalArgumentException(method);
    }
  }

  private static double power(double x, double exponent) {
    return x > 0 ? Math.pow(x, exponent) : 0;
  }

  private void move(double[] direction, double rate) {
    for (int i = 0; i < w.length; i++) {
      w[i] -= rate * direction[i];
    }
  }

  private void add(double[] g, double scale) {
    for (int i = 0; i < w.length; i++) {
      for (int j = 0; j < w.length; j++) {
        matrix[i][j] += scale * scale * g[i] * g[j];
      }
    }
  }

  /** Algorithm 1 of the Sketchy paper. */
  private void frequentDirections(double[] g, double scale, double share) {
    add(g, scale);
    double[][] vectors = identity(w.length);
    double[] values = eigen(matrix, vectors);
    double[] sorted = Arrays.stream(values).sorted().toArray();
    int cut = w.length - options.sketch();
    double least = cut < 0 ? 0 : sorted[cut];
    alpha += share * least;
    matrix = rebuild(vectors, values, x -> Math.max(0, x - least));
  }

  static double[] apply(double[][] a, double[] g, DoubleUnaryOperator f) {
    double[][] vectors = identity(g.length);
    double[][] b = rebuild(vectors, eigen(a, vectors), f);
    return IntStream.range(0, g.length).mapToDouble(i -> dot(b[i], g)).toArray();
  }

  static double dot(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
  }

  private static double[][] rebuild(double[][] vectors, double[] values, DoubleUnaryOperator f) {
    int d = values.length;
    double[][] a = new double[d][d];
    for (int k = 0; k < d; k++) {
      for (int i = 0; i < d; i++) {
        for (int j = 0; j < d; j++) {
          a[i][j] += f.applyAsDouble(values[k]) * vectors[i][k] * vectors[j][k];
        }
      }
    }
    return a;
  }

  private static double[][] identity(int d) {
    double[][] a = new double[d][d];
    for (int i = 0; i < d; i++) {
      a[i][i] = 1;
    }
    return a;
  }

  /** Eigenvalues of a symmetric matrix; its eigenvectors become the columns of {@code vectors}, the identity before. */
  static double[] eigen(double[][] symmetric, double[][] vectors) {
    int d = symmetric.length;
    double[][] a = Arrays.stream(symmetric).map(double[]::clone).toArray(double[][]::new);
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      for (int p = 0; p < d; p++) {
        for (int q = p + 1; q < d; q++) {
          rotate(a, vectors, p, q);
        }
      }
    }
    double[] values = IntStream.range(0, d).mapToDouble(i -> a[i][i]).toArray();
    double largest = Arrays.stream(values).max().orElseThrow();
    return Arrays.stream(values).map(x -> x <= 1e-14 * largest ? 0 : x).toArray();
  }

  private static void rotate(double[][] a, double[][] vectors, int p, int q) {
    if (a[p][q] == 0) {
      return;
    }
    double theta = 0.5 * Math.atan2(2 * a[p][q], a[q][q] - a[p][p]);
    double c = Math.cos(theta);
    double s = Math.sin(theta);
    DoubleBinaryOperator first = (x, y) -> c * x - s * y;
    DoubleBinaryOperator second = (x, y) -> s * x + c * y;
    for (double[][] matrix : new double[][][] {a, vectors}) {
      for (double[] row : matrix) {
        double x = row[p];
        double y = row[q];
        row[p] = first.applyAsDouble(x, y);
        row[q] = second.applyAsDouble(x, y);
      }
    }
    for (int j = 0; j < a.length; j++) {
      double x = a[p][j];
      double y = a[q][j];
      a[p][j] = first.applyAsDouble(x, y);
      a[q][j] = second.applyAsDouble(x, y);
    }
  }
}
