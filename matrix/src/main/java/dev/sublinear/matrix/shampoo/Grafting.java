/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.shampoo;

/**
 * The rule that lends a preconditioned update its norm, and that steps tensors which are not preconditioned.
 *
 * <p>With g the gradient, r the result and all else elementwise, 0/0 = 0: {@code NONE} and {@code SGD} r = g; {@code
 * ADAGRAD} v &lt;- v + g^2, r = g / (sqrt(v) + 1e-10); {@code RMSPROP} v &lt;- b v + (1 - b) g^2,
 * r = g / (sqrt(v / (1 - b^t)) + 1e-10); {@code RMSPROP_NORMALIZED} the same with g / ||g|| in the place of g. An
 * update u becomes u ||r|| / ||u||, norms over the whole tensor, 0 where u is; under {@code NONE} it stays u.
 *
 * <p>Source: Agarwal et al., 2020 (grafting); Anil et al., 2020 (for Shampoo). Deviation: both moving averages have
 * Adam's bias correction, without which the first step is sqrt(1 / (1 - b)) times too long, 32 times at b = 0.999.
 */
public enum Grafting {
  /** The update keeps its own norm. */
  NONE(false),
  /** The norm of the gradient. */
  SGD(false),
  /** The norm of Adagrad's update. */
  ADAGRAD(true),
  /** The norm of RMSProp's update. */
  RMSPROP(true),
  /** The norm of RMSProp's update for gradients scaled to norm 1. */
  RMSPROP_NORMALIZED(true);

  private final boolean remembers;

  Grafting(boolean remembers) {
    this.remembers = remembers;
  }

  /** Whether it keeps a value for every element of the tensor. */
  boolean remembers() {
    return remembers;
  }
}
