/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.online;

import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * The methods that keep a frequent-directions sketch of their gradients; they differ in four places only.
 *
 * <pre>
 * (rho, S) = FD-update(S, f g g^T f)          S = sum of s_i p_i p_i^T, l - 1 directions; rho the eigenvalue cut off
 * alpha += a rho          alpha_0 = delta
 * w -= r H g          H has p(s_i, alpha) along p_i and p(0, alpha) across all of them
 *
 *              f                     a      p(s, alpha)               r
 * s-adagrad    1                     1      (s + alpha)^(-1/2)        lr
 * rfd-son      1 / sqrt(t lr)        1/2    (s + alpha)^-1            1
 * fd-son       1 / sqrt(sqrt(t) lr)  0      (s + alpha)^-1            1
 * ada-fd       1                     0      1 / (sqrt(s) + alpha)     lr
 * </pre>
 *
 * <p>Powers of 0 are 0: the pseudo-inverse, no epsilon. Weights [d], float64; {@link SketchedMatrix} has the bytes and
 * the error bound; O(d l^2) a step. Not thread-safe. Eigenvalues of the sketch up to 1e-14 of its largest count as 0,
 * where the authors' code takes every singular value as it comes and, with delta 0, divides by rounding errors.
 *
 * <p>Sources: S-AdaGrad: Feinberg, Chen, Sun, Anil, Hazan, Sketchy, 2023 (arXiv 2302.03764), algorithm 2, and appendix
 * A for where the others have their rates. RFD-SON: Luo, Chen, Zhang, Li, Zhang, Robust Frequent Directions, 2019
 * (arXiv 1705.05067). FD-SON: Luo, Agarwal, Cesa-Bianchi, Langford, Efficient Second Order Online Learning by
 * Sketching, 2016 (arXiv 1602.02202). Ada-FD: Wan, Wei, Zhang, Efficient Adaptive Online Learning via Frequent
 * Directions, IJCAI 2018.
 */
public final class SketchedLearner implements OnlineLearner {
  private final SketchedMatrix matrix;
  private final DoubleUnaryOperator scale;
  private final DoubleBinaryOperator power;
  private final double rate;
  private final double radius;
  private final double[] weights;
  private final double[] gradient;
  private long t;

  private SketchedLearner(SketchedMatrix matrix, DoubleUnaryOperator scale, DoubleBinaryOperator power, double rate,
      double radius) {
    this.matrix = matrix;
    this.scale = scale;
    this.power = power;
    this.rate = rate;
    this.radius = radius;
    weights = new double[matrix.d()];
    gradient = new double[matrix.d()];
  }

  static OnlineLearner adaFd(int d, OnlineOptions options) {
    return new SketchedLearner(new SketchedMatrix(d, options.sketch(), options.delta(), 0), t -> 1,
        SketchedLearner::inverseOfRoot,
        options.learningRate(), Double.POSITIVE_INFINITY);
  }

  static OnlineLearner fdSon(int d, OnlineOptions options) {
    double lr = options.learningRate();
    return new SketchedLearner(new SketchedMatrix(d, options.sketch(), options.delta(), 0),
        t -> 1 / Math.sqrt(Math.sqrt(t) * lr), SketchedLearner::inverse, 1, Double.POSITIVE_INFINITY);
  }

  static OnlineLearner rfdSon(int d, OnlineOptions options) {
    double lr = options.learningRate();
    return new SketchedLearner(new SketchedMatrix(d, options.sketch(), options.delta(), 0.5),
        t -> 1 / Math.sqrt(t * lr), SketchedLearner::inverse, 1, Double.POSITIVE_INFINITY);
  }

  static OnlineLearner sketchedAdagrad(int d, OnlineOptions options) {
    return inBall(d, options, Double.POSITIVE_INFINITY);
  }

  /**
   * S-AdaGrad whose weights stay in a ball around 0: after each step they are projected onto it in the norm of the
   * preconditioner.
   *
   * <pre>
   * w = argmin of (x - y)^T Gtil^(1/2) (x - y) over |x| at most radius          y where the step alone would have gone
   * </pre>
   *
   * <p>Where the preconditioner is 0 the argmin is not one point; it is the one nearest to y.
   *
   * @param d weights
   * @param options as {@code s-adagrad} takes them
   * @param radius of the ball, above 0; infinite for no constraint
   * @throws IllegalArgumentException if an option is not legal, or the radius is not above 0
   */
  public static OnlineLearner sketchedAdagrad(int d, OnlineOptions options, double radius) {
    if (!(radius > 0)) {
      throw new IllegalArgumentException("radius " + radius + ": must be above 0");
    }
    OnlineMethods.named("s-adagrad").check(d, options);
    return inBall(d, options, radius);
  }

  private static OnlineLearner inBall(int d, OnlineOptions options, double radius) {
    return new SketchedLearner(new SketchedMatrix(d, options.sketch(), options.delta(), 1), t -> 1,
        SketchedLearner::inverseRoot,
        options.learningRate(), radius);
  }

  private static double inverseRoot(double s, double alpha) {
    return s + alpha > 0 ? 1 / Math.sqrt(s + alpha) : 0;
  }

  private static double inverse(double s, double alpha) {
    return s + alpha > 0 ? 1 / (s + alpha) : 0;
  }

  private static double inverseOfRoot(double s, double alpha) {
    return 1 / (Math.sqrt(s) + alpha);
  }

  @Override
  public void step(int n, int[] index, double[] value) {
    t++;
    double factor = scale.applyAsDouble(t);
    double squares = 0;
    Arrays.fill(gradient, 0);
    for (int k = 0; k < n; k++) {
      gradient[index[k]] = value[k];
      squares += factor * value[k] * (factor * value[k]);
    }
    if (Double.isInfinite(squares)) {
      throw new ArithmeticException("the squares of the gradient overflow");
    }
    matrix.add(factor, gradient);
    matrix.subtract(rate, power, gradient, weights);
    if (radius < Double.POSITIVE_INFINITY) {
      matrix.projectOnBall(radius, weights);
    }
  }

  @Override
  public double[] weights() {
    return weights;
  }
}
