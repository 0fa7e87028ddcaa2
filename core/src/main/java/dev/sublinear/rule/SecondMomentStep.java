/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.rule;

import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.kernel.Kernels;
import dev.sublinear.kernel.Scratch;
import dev.sublinear.layout.RowState;
import java.lang.foreign.MemorySegment;

/** The step of Adagrad and RMSprop: v &lt;- decay v + scale g^2; theta &lt;- theta - lr g / (sqrt(v) + epsilon). */
final class SecondMomentStep implements RowStep {
  private static final Kernels KERNELS = KernelSelection.current().kernels();
  private static final long SQUARE = Scratch.run(0);
  private static final long V = Scratch.run(1);

  private final float decay;
  private final float scale;
  private final float epsilon;
  private float learningRate;

  SecondMomentStep(double decay, double scale, double epsilon) {
    this.decay = (float) decay;
    this.scale = (float) scale;
    this.epsilon = (float) epsilon;
  }

  @Override
  public void begin(long t, float learningRate) {
    this.learningRate = learningRate;
  }

  @Override
  public float decay(int slot) {
    return decay;
  }

  @Override
  public float scale(int slot) {
    return scale;
  }

  @Override
  public void apply(RowState[] states, long row, int column, int n, MemorySegment g, long go, MemorySegment theta,
      long to, int counter, Scratch scratch) {
    MemorySegment w = scratch.memory;
    KERNELS.square(g, go, w, SQUARE, n);
    states[0].accumulate(row, column, n, decay, scale, w, SQUARE, w, V, scratch);
    KERNELS.adaptiveStep(theta, to, n, learningRate, g, go, w, V, 1, epsilon, Float.MAX_VALUE);
  }
}
