/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.step;

import dev.sublinear.gradient.Gradient;
import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.kernel.Kernels;
import java.util.List;

/**
 * The global norm of several gradients, and clipping by it.
 *
 * <p>Sums of squares are taken in float32 over blocks of 4096 values in the kernels' fixed order and added up in
 * double, block by block and gradient by gradient: the same bits on every run. Thread-safe: no state.
 */
public final class GradientNorm {
  private static final Kernels KERNELS = KernelSelection.current().kernels();
  private static final int BLOCK = 4096;

  private GradientNorm() {}

  /** The Euclidean norm over all values of all gradients. */
  public static double of(List<? extends Gradient> gradients) {
    double sum = 0;
    for (int k = 0; k < gradients.size(); k++) {
      sum += sumOfSquares(gradients.get(k));
    }
    return Math.sqrt(sum);
  }

  private static double sumOfSquares(Gradient gradient) {
    double sum = 0;
    long n = gradient.count() * gradient.columns();
    for (long i = 0; i < n; i += BLOCK) {
      sum += KERNELS.sumOfSquares(gradient.values(), 4 * i, (int) Math.min(BLOCK, n - i));
    }
    return sum;
  }

  /**
   * Scales all gradients in place so that their global norm is at most {@code limit} (Pascanu et al., 2013).
   *
   * @return the norm before clipping; gradients are left alone if it is not finite
   * @throws IllegalArgumentException if {@code limit} is not above 0
   */
  public static double clip(List<? extends Gradient> gradients, double limit) {
    if (!(limit > 0)) {
      throw new IllegalArgumentException("clip " + limit + ": must be above 0");
    }
    double norm = of(gradients);
    if (norm > limit && norm < Double.POSITIVE_INFINITY) {
      float factor = (float) (limit / norm);
      for (int k = 0; k < gradients.size(); k++) {
        Gradient gradient = gradients.get(k);
        KERNELS.scale(gradient.values(), 0, gradient.count() * gradient.columns(), factor);
      }
    }
    return norm;
  }
}
