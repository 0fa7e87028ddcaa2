/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.online;

import dev.sublinear.matrix.linear.LinearAlgebra;
import java.lang.foreign.MemorySegment;

/**
 * AdaGrad with the whole matrix.
 *
 * <pre>
 * G += g g^T          G_0 = 0
 * w -= lr (G + delta I)^(-1/2) g          pseudo-inverse, no epsilon
 * </pre>
 *
 * <p>Weights [d], float64; 8 d^2 bytes remembered and as many to work in; exact but for rounding: eigenvalues of G up
 * to 1e-14 of its largest count as 0; one eigendecomposition of order d a step, O(d^3). Source: Duchi, Hazan, Singer,
 * Adaptive Subgradient Methods, JMLR 2011; delta stands under the root, as S-AdaGrad has it, not beside it.
 */
final class FullAdagrad implements OnlineLearner {
  /** LAPACK counts its workspace of 1 + 6 n + 2 n^2 elements in 32 bits. */
  static final int MAX_WEIGHTS = 32_766;

  private static final double CUTOFF = 1e-14;

  private final LinearAlgebra algebra = LinearAlgebra.openBlas();
  private final OnlineOptions options;
  private final double[] weights;
  private final double[] squares;
  private final double[] vectors;
  private final double[] values;
  private final MemorySegment vectorSegment;
  private final MemorySegment valueSegment;

  FullAdagrad(int d, OnlineOptions options) {
    this.options = options;
    weights = new double[d];
    squares = new double[d * d];
    vectors = new double[d * d];
    values = new double[d];
    vectorSegment = MemorySegment.ofArray(vectors);
    valueSegment = MemorySegment.ofArray(values);
  }

  @Override
  public void step(int n, int[] index, double[] value) {
    int d = weights.length;
    for (int k = 0; k < n; k++) {
      for (int j = 0; j < n; j++) {
        squares[index[k] * d + index[j]] += value[k] * value[j];
      }
    }
    System.arraycopy(squares, 0, vectors, 0, squares.length);
    if (!algebra.eigen(d, vectorSegment, valueSegment)) {
      throw new ArithmeticException("the eigendecomposition of the gradients' matrix did not converge");
    }
    double least = CUTOFF * values[d - 1];
    for (int i = 0; i < d; i++) {
      double eigenvalue = (values[i] > least ? values[i] : 0) + options.delta();
      if (eigenvalue > 0) {
        double along = 0;
        for (int k = 0; k < n; k++) {
          along += vectors[i * d + index[k]] * value[k];
        }
        double step = options.learningRate() * along / Math.sqrt(eigenvalue);
        for (int j = 0; j < d; j++) {
          weights[j] -= step * vectors[i * d + j];
        }
      }
    }
  }

  @Override
  public double[] weights() {
    return weights;
  }
}
