/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.online;

import java.util.Arrays;

/**
 * AdaGrad with a diagonal preconditioner.
 *
 * <pre>
 * h_i += g_i^2          h_0 = delta
 * w_i -= lr g_i / sqrt(h_i)          by 1 where h_i = 0: the square of g_i underflowed
 * </pre>
 *
 * <p>Weights [d], float64; 8 d bytes remembered; exact; O(entries of g that are not 0) a step, since the others change
 * nothing. Source: Duchi, Hazan, Singer, Adaptive Subgradient Methods, JMLR 2011; delta stands under the root, as in
 * Feinberg et al. 2023 (arXiv 2302.03764), appendix A, not beside it.
 */
final class DiagonalAdagrad implements OnlineLearner {
  private final double rate;
  private final double[] weights;
  private final double[] squares;

  DiagonalAdagrad(int d, OnlineOptions options) {
    rate = options.learningRate();
    weights = new double[d];
    squares = new double[d];
    Arrays.fill(squares, options.delta());
  }

  @Override
  public void step(int n, int[] index, double[] value) {
    for (int k = 0; k < n; k++) {
      double g = value[k];
      int i = index[k];
      squares[i] += g * g;
      weights[i] -= rate * (squares[i] > 0 ? g / Math.sqrt(squares[i]) : g);
    }
  }

  @Override
  public double[] weights() {
    return weights;
  }
}
