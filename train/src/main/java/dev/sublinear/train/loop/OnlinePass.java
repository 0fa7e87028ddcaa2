/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import dev.sublinear.matrix.online.OnlineLearner;
import dev.sublinear.train.data.Examples;

/**
 * Online logistic regression: one pass over the examples in their order, each predicted before the learner sees it.
 *
 * <pre>
 * x = the row's features and a last one that is 1, the bias          p = w . x          w = 0 at first
 * loss += y log(1 + e^-p) + (1 - y) log(1 + e^p)          a mistake if (p > 0) != (y = 1)
 * g = (1 / (1 + e^-p) - y) x          then the learner's step
 * </pre>
 *
 * <p>float64, no constraint, no regularisation. The same bits on every machine but for what linear algebra does to
 * them: exponentials and logarithms are StrictMath's. Thread-safe: no state; a learner serves one pass. Source:
 * Feinberg et al., Sketchy, 2023 (arXiv 2302.03764), appendix A.
 */
public final class OnlinePass {
  /**
   * How a pass went.
   *
   * @param rows examples
   * @param features of an example, without the bias
   * @param loss cumulative loss / rows; infinite if the learner diverged
   * @param errorRate mistakes / rows; NaN if the learner diverged
   * @param seconds of the pass, without the reading of the file
   */
  public record Result(int rows, int features, double loss, double errorRate, double seconds) {}

  private OnlinePass() {}

  /** Weights of a learner for these examples: the features and the bias. */
  public static int weights(Examples examples) {
    return examples.features() + 1;
  }

  /**
   * Runs.
   *
   * @param learner with {@link #weights} weights, which has seen nothing
   * @throws IllegalArgumentException if it has another number of weights
   */
  public static Result run(OnlineLearner learner, Examples examples) {
    int features = examples.features();
    double[] w = learner.weights();
    if (w.length != features + 1) {
      throw new IllegalArgumentException("weights " + w.length + ": must be " + (features + 1)
          + ", one for each feature and the bias");
    }
    int[] index = new int[features + 1];
    double[] value = new double[features + 1];
    double loss = 0;
    int mistakes = 0;
    long start = System.nanoTime();
    for (int row = 0; row < examples.rows(); row++) {
      int n = examples.read(row, index, value);
      index[n] = features;
      value[n++] = 1;
      double p = 0;
      for (int k = 0; k < n; k++) {
        p += w[index[k]] * value[k];
      }
      boolean isPositive = examples.isPositive(row);
      double slope = slope(p, isPositive);
      loss += loss(p, isPositive);
      mistakes += p > 0 == isPositive ? 0 : 1;
      for (int k = 0; k < n; k++) {
        value[k] *= slope;
      }
      if (!Double.isFinite(p) || !moved(learner, n, index, value)) {
        return new Result(examples.rows(), features, Double.POSITIVE_INFINITY, Double.NaN, since(start));
      }
    }
    double rows = examples.rows();
    return new Result(examples.rows(), features, loss / rows, mistakes / rows, since(start));
  }

  /** Steps; false where the squares of a gradient that is out of hand overflow, or their eigenvectors are not found. */
  private static boolean moved(OnlineLearner learner, int n, int[] index, double[] value) {
    try {
      learner.step(n, index, value);
      return true;
    } catch (ArithmeticException e) {
      return false;
    }
  }

  /** log(1 + e^-p) for the positive class, log(1 + e^p) for the other, without overflow. */
  static double loss(double p, boolean isPositive) {
    double wrong = isPositive ? -p : p;
    return Math.max(wrong, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(p)));
  }

  /** The derivative of the loss by p, without overflow. */
  static double slope(double p, boolean isPositive) {
    double small = StrictMath.exp(-Math.abs(p));
    double probability = p >= 0 ? 1 / (1 + small) : small / (1 + small);
    return probability - (isPositive ? 1 : 0);
  }

  private static double since(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
