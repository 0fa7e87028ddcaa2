/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.rule;

import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.kernel.Kernels;
import dev.sublinear.kernel.Scratch;
import dev.sublinear.layout.BoundedRowState;
import dev.sublinear.layout.RowState;
import dev.sublinear.layout.UniformRowState;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The step of Adagrad and RMSprop: v &lt;- decay v + scale g^2; theta &lt;- theta - lr g / (sqrt(v) + epsilon). */
final class SecondMomentStep implements RowStep {
  private static final Kernels KERNELS = KernelSelection.current().kernels();
  private static final long SQUARE = Scratch.run(0);
  private static final long V = Scratch.run(1);

  private final RowState state;
  private final float decay;
  private final float scale;
  private final float epsilon;
  private float learningRate;

  SecondMomentStep(List<RowState> states, double decay, double scale, double epsilon) {
    state = states.getFirst();
    this.decay = (float) decay;
    this.scale = (float) scale;
    this.epsilon = (float) epsilon;
  }

  @Override
  public void begin(long t, float learningRate, boolean leavesRowsOut) {
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
  public void apply(long row, int column, int n, MemorySegment g, long go, MemorySegment theta, long to, int counter,
      Scratch scratch) {
    if (state instanceof UniformRowState uniform) {
      KERNELS.adaptiveStep(theta, to, n, learningRate, g, go, uniform.estimate(row), 1, epsilon, Float.MAX_VALUE);
      return;
    }
    MemorySegment w = scratch.memory;
    if (state instanceof BoundedRowState bounded) {
      long kept = scratch.located(0).kept;
      float greatest = KERNELS.adaptiveStepBounded(theta, to, n, learningRate, g, go, bounded.bound(row), w, kept,
          kept + BoundedRowState.TO_MAXIMA, decay, scale, epsilon, Float.MAX_VALUE);
      bounded.raise(row, column, n, greatest);
      return;
    }
    KERNELS.square(g, go, w, SQUARE, n);
    state.accumulate(row, column, n, decay, scale, w, SQUARE, w, V, scratch.located(0), scratch);
    KERNELS.adaptiveStep(theta, to, n, learningRate, g, go, w, V, 1, epsilon, Float.MAX_VALUE);
  }
}
