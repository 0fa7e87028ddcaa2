/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.online;

import dev.sublinear.matrix.linear.LinearAlgebra;
import java.lang.foreign.MemorySegment;
import java.util.function.DoubleBinaryOperator;

/**
 * A sum of outer products of gradients by frequent directions, with what the sketch let go added back in all directions.
 *
 * <pre>
 * eigenvalues s_1 &gt;= s_2 &gt;= ... of S + g g^T, of which s_l is rho, or 0 where there are fewer than l
 * S = sum over i &lt; l of (s_i - rho) p_i p_i^T          alpha += share rho
 * the matrix: S + alpha I
 * </pre>
 *
 * <p>float64, directions p [at most l - 1 x d]; 8 (2 l d + 2 l^2 + 3 l + d) bytes with what it works in. With share 1 and delta 0: S
 * &lt;= G &lt;= S + alpha I, and alpha &lt;= min over k &lt; l of (the sum of G's eigenvalues beyond the k-th) / (l - k). By the
 * Gram matrix of the l rows, not a singular value decomposition; eigenvalues up to 1e-14 of the largest count as 0. Not
 * thread-safe. Source: Feinberg, Chen, Sun, Anil, Hazan, Sketchy, 2023 (arXiv 2302.03764), algorithm 1.
 */
final class SketchedMatrix {
  private static final double CUTOFF = 1e-14;

  /** Halvings after which an interval of doubles is a point. */
  private static final int HALVINGS = 200;

  private final LinearAlgebra algebra = LinearAlgebra.openBlas();
  private final int d;
  private final int sketch;
  private final double share;
  private double alpha;

  /** Directions kept, and their eigenvalues. */
  private int rank;
  private final double[] kept;
  private final double[] directions;

  private final double[] rows;
  private final double[] gram;
  private final double[] eigenvalues;
  private final double[] along;
  private final double[] across;
  private final MemorySegment directionSegment;
  private final MemorySegment rowSegment;
  private final MemorySegment gramSegment;
  private final MemorySegment eigenvalueSegment;
  private final MemorySegment alongSegment;

  /**
   * Nothing yet but delta I.
   *
   * @param d order
   * @param sketch l, in 1..d + 1
   * @param delta what alpha begins with
   * @param share of each rho that alpha gets
   */
  SketchedMatrix(int d, int sketch, double delta, double share) {
    this.d = d;
    this.sketch = sketch;
    this.share = share;
    alpha = delta;
    kept = new double[sketch];
    directions = new double[sketch * d];
    rows = new double[sketch * d];
    gram = new double[sketch * sketch];
    eigenvalues = new double[sketch];
    along = new double[sketch];
    across = new double[d];
    directionSegment = MemorySegment.ofArray(directions);
    rowSegment = MemorySegment.ofArray(rows);
    gramSegment = MemorySegment.ofArray(gram);
    eigenvalueSegment = MemorySegment.ofArray(eigenvalues);
    alongSegment = MemorySegment.ofArray(along);
  }

  /** The order. */
  int d() {
    return d;
  }

  /** What is added in all directions. */
  double alpha() {
    return alpha;
  }

  /**
   * Takes the outer product of {@code scale} g.
   *
   * @throws ArithmeticException if its squares overflow
   */
  void add(double scale, double[] g) {
    for (int i = 0; i < rank; i++) {
      double root = Math.sqrt(kept[i]);
      for (int j = 0; j < d; j++) {
        rows[i * d + j] = root * directions[i * d + j];
      }
    }
    for (int j = 0; j < d; j++) {
      rows[rank * d + j] = scale * g[j];
    }
    int n = rank + 1;
    algebra.gram(false, n, d, 1, rowSegment, 0, gramSegment);
    if (!algebra.eigen(n, gramSegment, eigenvalueSegment)) {
      throw new ArithmeticException("the squares of the gradients are too large for an eigendecomposition");
    }
    // Of more rows than columns the least eigenvalue is 0 but for rounding.
    double least = n == sketch && n <= d ? eigenvalues[0] : 0;
    double cutoff = CUTOFF * eigenvalues[n - 1];
    double escaped = least > cutoff ? least : 0;
    int first = Math.max(0, n - sketch + 1);
    while (first < n && eigenvalues[first] <= Math.max(cutoff, escaped)) {
      first++;
    }
    rank = n - first;
    for (int i = 0; i < rank; i++) {
      double eigenvalue = eigenvalues[first + i];
      kept[i] = eigenvalue - escaped;
      double norm = Math.sqrt(eigenvalue);
      for (int j = 0; j < n; j++) {
        gram[(first + i) * n + j] /= norm;
      }
    }
    MemorySegment vectors = gramSegment.asSlice((long) first * n * Double.BYTES);
    algebra.multiply(false, false, rank, d, n, 1, vectors, rowSegment, 0, directionSegment);
    alpha += share * escaped;
  }

  /**
   * w -= rate H g, where H has the directions of this matrix and their eigenvalues taken by {@code power}.
   *
   * @param power of an eigenvalue of the sketch, 0 across its directions, and alpha
   */
  void subtract(double rate, DoubleBinaryOperator power, double[] g, double[] w) {
    double rest = power.applyAsDouble(0, alpha);
    project(g);
    for (int i = 0; i < rank; i++) {
      along[i] *= rest - power.applyAsDouble(kept[i], alpha);
    }
    for (int j = 0; j < d; j++) {
      w[j] -= rate * rest * g[j];
    }
    algebra.multiply(true, false, d, 1, rank, rate, directionSegment, alongSegment, 1, MemorySegment.ofArray(w));
  }

  private void project(double[] vector) {
    algebra.multiply(false, false, rank, 1, d, 1, directionSegment, MemorySegment.ofArray(vector), 0, alongSegment);
  }

  /**
   * Moves y to the point of the ball of that radius around 0 that is nearest in the norm of this matrix's root; where that
   * is 0, nearest of all these points.
   *
   * <pre>
   * x = (H + mu I)^-1 H y          H = (S + alpha I)^(1/2), mu &gt;= 0 such that |x| = radius; y if |y| &lt;= radius
   * </pre>
   */
  void projectOnBall(double radius, double[] y) {
    double norm = norm(y, d);
    if (norm <= radius) {
      return;
    }
    project(y);
    System.arraycopy(y, 0, across, 0, d);
    algebra.multiply(true, false, d, 1, rank, -1, directionSegment, alongSegment, 1, MemorySegment.ofArray(across));
    double within = norm(along, rank);
    double beyond = norm(across, d);
    double factor;
    if (alpha == 0 && within <= radius) {
      // Across the directions H is 0: what is left of the radius costs nothing there.
      factor = Math.sqrt((radius - within) * (radius + within)) / beyond;
    } else {
      double mu = multiplier(radius, norm, beyond);
      factor = shrink(0, mu);
      for (int i = 0; i < rank; i++) {
        along[i] *= shrink(kept[i], mu);
      }
    }
    for (int j = 0; j < d; j++) {
      y[j] = factor * across[j];
    }
    algebra.multiply(true, false, d, 1, rank, 1, directionSegment, alongSegment, 1, MemorySegment.ofArray(y));
  }

  private static double norm(double[] vector, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += vector[i] * vector[i];
    }
    return Math.sqrt(sum);
  }

  private double shrink(double eigenvalue, double mu) {
    double h = Math.sqrt(eigenvalue + alpha);
    return h / (h + mu);
  }

  /** The mu at which the length is the radius, by halving: the length falls as mu grows. */
  private double multiplier(double radius, double norm, double beyond) {
    double largest = alpha;
    for (int i = 0; i < rank; i++) {
      largest = Math.max(largest, kept[i] + alpha);
    }
    double low = 0;
    double high = Math.sqrt(largest) * (norm / radius - 1);
    for (int k = 0; k < HALVINGS; k++) {
      double middle = (low + high) / 2;
      double rest = shrink(0, middle) * beyond;
      double sum = rest * rest;
      for (int i = 0; i < rank; i++) {
        double part = shrink(kept[i], middle) * along[i];
        sum += part * part;
      }
      if (sum > radius * radius) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }
}
