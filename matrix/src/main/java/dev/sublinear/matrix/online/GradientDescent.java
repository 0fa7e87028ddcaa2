/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.online;

/**
 * Online gradient descent.
 *
 * <pre>
 * w_i -= lr g_i / sqrt(t + delta)          t from 1
 * </pre>
 *
 * <p>Weights [d], float64; remembers the number of steps, no array; exact; O(entries of g that are not 0) a step.
 * Source: Zinkevich, Online Convex Programming and Generalized Infinitesimal Gradient Ascent, ICML 2003, with the step
 * of Feinberg et al. 2023 (arXiv 2302.03764), appendix A.
 */
final class GradientDescent implements OnlineLearner {
  private final OnlineOptions options;
  private final double[] weights;
  private long t;

  GradientDescent(int d, OnlineOptions options) {
    this.options = options;
    weights = new double[d];
  }

  @Override
  public void step(int n, int[] index, double[] value) {
    t++;
    double rate = options.learningRate() / Math.sqrt(t + options.delta());
    for (int k = 0; k < n; k++) {
      weights[index[k]] -= rate * value[k];
    }
  }

  @Override
  public double[] weights() {
    return weights;
  }
}
