/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.online;

/**
 * An online convex method at work: weights in R^d, 0 at first, and what the method remembers of the gradients. float64;
 * not thread-safe.
 */
public interface OnlineLearner {
  /**
   * Takes the gradient at the present weights and moves them.
   *
   * @param n entries of the gradient that may differ from 0
   * @param index their numbers in its first n elements, in [0, d), each once
   * @param value the entries themselves, finite
   * @throws ArithmeticException if squares of the gradients overflow, or an eigendecomposition does not converge, which
   *     has never been seen
   */
  void step(int n, int[] index, double[] value);

  /** The weights, [d]: the array that the next step moves, not a copy. */
  double[] weights();
}
