/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.online;

import dev.sublinear.matrix.linear.LinearAlgebra;
import dev.sublinear.matrix.sketch.FrequentDirections;
import java.lang.foreign.MemorySegment;
import java.util.function.DoubleBinaryOperator;

/**
 * S + alpha I: what frequent directions keep of the outer products of gradients, and what they let go, in all
 * directions.
 *
 * <pre>
 * (rho, S) = FD-update(S, g g^T)          alpha += share rho
 * </pre>
 *
 * <p>float64; the bytes of {@link FrequentDirections} and 8 (2 l + d) to work in. With share 1 and delta 0 the matrix
 * bounds the sum G of the outer products from above, as S does from below; alpha is at most the bound given there. Not
 * thread-safe.
 */
final class SketchedMatrix {
  /** Halvings after which an interval of doubles is a point. */
  private static final int HALVINGS = 200;

  private final LinearAlgebra algebra = LinearAlgebra.openBlas();
  private final FrequentDirections sketch;
  private final double share;
  private double alpha;
  private final double[] along;
  private final double[] across;
  private final double[] factors;

  /**
   * Nothing yet but delta I.
   *
   * @param d order
   * @param size l, in 1..d + 1
   * @param delta what alpha begins with
   * @param share of each rho that alpha gets
   */
  SketchedMatrix(int d, int size, double delta, double share) {
    sketch = new FrequentDirections(algebra, FrequentDirections.Options.ofSize(size), d);
    this.share = share;
    alpha = delta;
    along = new double[size];
    across = new double[d];
    factors = new double[size];
  }

  /** The order. */
  int d() {
    return sketch.columns();
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
    sketch.update(scale, g);
    alpha += share * sketch.lastEscapedMass();
  }

  /**
   * w -= rate H g, where H has the directions of this matrix and their eigenvalues taken by {@code power}.
   *
   * @param power of an eigenvalue of the sketch, 0 across its directions, and alpha
   */
  void subtract(double rate, DoubleBinaryOperator power, double[] g, double[] w) {
    for (int i = 0; i < sketch.kept(); i++) {
      factors[i] = power.applyAsDouble(sketch.eigenvalue(i), alpha);
    }
    sketch.apply(factors, power.applyAsDouble(0, alpha), g, across);
    for (int j = 0; j < across.length; j++) {
      w[j] -= rate * across[j];
    }
  }

  /**
   * Moves y to the point of the ball of that radius around 0 that is nearest in the norm of this matrix's root; where
   * that is 0, nearest of all these points.
   *
   * <pre>
   * x = (H + mu I)^-1 H y          H = (S + alpha I)^(1/2), mu &gt;= 0 such that |x| = radius; y if |y| &lt;= radius
   * </pre>
   */
  void projectOnBall(double radius, double[] y) {
    double norm = norm(y, y.length);
    if (norm <= radius) {
      return;
    }
    int d = y.length;
    int kept = sketch.kept();
    MemorySegment directions = sketch.directions();
    MemorySegment parts = MemorySegment.ofArray(along);
    algebra.multiply(false, false, kept, 1, d, 1, directions, MemorySegment.ofArray(y), 0, parts);
    System.arraycopy(y, 0, across, 0, d);
    algebra.multiply(true, false, d, 1, kept, -1, directions, parts, 1, MemorySegment.ofArray(across));
    double within = norm(along, kept);
    double beyond = norm(across, d);
    double factor;
    if (alpha == 0 && within <= radius) {
      // Across the directions H is 0: what is left of the radius costs nothing there.
      factor = Math.sqrt((radius - within) * (radius + within)) / beyond;
    } else {
      double mu = multiplier(radius, norm, beyond);
      factor = shrink(0, mu);
      for (int i = 0; i < kept; i++) {
        along[i] *= shrink(sketch.eigenvalue(i), mu);
      }
    }
    for (int j = 0; j < d; j++) {
      y[j] = factor * across[j];
    }
    algebra.multiply(true, false, d, 1, kept, 1, directions, parts, 1, MemorySegment.ofArray(y));
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
    for (int i = 0; i < sketch.kept(); i++) {
      largest = Math.max(largest, sketch.eigenvalue(i) + alpha);
    }
    double low = 0;
    double high = Math.sqrt(largest) * (norm / radius - 1);
    for (int k = 0; k < HALVINGS; k++) {
      double middle = (low + high) / 2;
      double rest = shrink(0, middle) * beyond;
      double sum = rest * rest;
      for (int i = 0; i < sketch.kept(); i++) {
        double part = shrink(sketch.eigenvalue(i), middle) * along[i];
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
