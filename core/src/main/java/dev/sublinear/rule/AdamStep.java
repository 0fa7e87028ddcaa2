/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.rule;

import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.kernel.Kernels;
import dev.sublinear.kernel.Scratch;
import dev.sublinear.layout.DirectRowState;
import dev.sublinear.layout.MaxRowState;
import dev.sublinear.layout.RowState;
import java.lang.foreign.MemorySegment;

/** The step of {@link Adam}, {@link AdamW} and {@link AmsGrad}. */
final class AdamStep implements RowStep {
  private static final Kernels KERNELS = KernelSelection.current().kernels();
  private static final long SQUARE = Scratch.run(0);
  private static final long M = Scratch.run(1);
  private static final long V = Scratch.run(2);
  private static final int SLOT_M = 0;
  private static final int SLOT_V = 1;
  private static final int SLOT_MAXIMUM = 2;

  private final double beta1;
  private final double beta2;
  private final float epsilon;
  private final double weightDecay;
  private final float limit;
  private final Adam.Correction correction;
  private final boolean keepsMaximum;
  private float learningRate;
  private float step;
  private float rootScale;
  private float shrink;

  AdamStep(Adam adam, double weightDecay, boolean keepsMaximum) {
    beta1 = adam.beta1();
    beta2 = adam.beta2();
    epsilon = (float) adam.epsilon();
    correction = adam.correction();
    limit = adam.bounded() ? limit(beta1, beta2) : Float.MAX_VALUE;
    this.weightDecay = weightDecay;
    this.keepsMaximum = keepsMaximum;
  }

  /** The Cauchy-Schwarz bound of |m| / sqrt(v), widened by more than rounding so that exact moments never meet it. */
  private static float limit(double beta1, double beta2) {
    double room = (1 - beta2) * (1 - beta1 * beta1 / beta2);
    return room > 0 ? (float) (1.0001 * (1 - beta1) / Math.sqrt(room)) : Float.MAX_VALUE;
  }

  @Override
  public void begin(long t, float learningRate) {
    this.learningRate = learningRate;
    step = stepAfter(t);
    rootScale = rootScaleAfter(t);
    shrink = (float) (1 - learningRate * weightDecay);
  }

  // StrictMath, because the last bit of Math.pow may differ between machines. By row or gap it is taken once per row and
  // run of columns.
  private float stepAfter(long updates) {
    return (float) (learningRate / (1 - StrictMath.pow(beta1, (double) updates)));
  }

  private float rootScaleAfter(long updates) {
    return (float) (1 / Math.sqrt(1 - StrictMath.pow(beta2, (double) updates)));
  }

  @Override
  public float decay(int slot) {
    return switch (slot) {
      case SLOT_M -> (float) beta1;
      case SLOT_V -> (float) beta2;
      default -> 1;
    };
  }

  @Override
  public float scale(int slot) {
    return switch (slot) {
      case SLOT_M -> (float) (1 - beta1);
      case SLOT_V -> (float) (1 - beta2);
      default -> 1;
    };
  }

  @Override
  public void apply(RowState[] states, long row, int column, int n, MemorySegment g, long go, MemorySegment theta,
      long to, int counter, Scratch scratch) {
    MemorySegment w = scratch.memory;
    float rowStep = step;
    float rowRootScale = rootScale;
    float decayM = decay(SLOT_M);
    float scaleM = scale(SLOT_M);
    switch (correction) {
      case STEP -> {
      }
      case ROW -> {
        rowStep = stepAfter(counter);
        rowRootScale = rootScaleAfter(counter);
      }
      case GAP -> {
        double kept = counter == 0 ? 0 : StrictMath.pow(beta1, counter);
        rowStep = learningRate;
        decayM = (float) kept;
        scaleM = (float) (1 - kept);
      }
    }
    if (!keepsMaximum && states[SLOT_M] instanceof DirectRowState m && states[SLOT_V] instanceof DirectRowState v) {
      shrink(theta, to, n);
      KERNELS.adam(theta, to, n, g, go, m.cells(), m.offset(row, column), decayM, scaleM, v.cells(),
          v.offset(row, column), decay(SLOT_V), scale(SLOT_V), rowStep, rowRootScale, epsilon, limit);
      return;
    }
    KERNELS.square(g, go, w, SQUARE, n);
    states[SLOT_M].accumulate(row, column, n, decayM, scaleM, g, go, w, M, scratch);
    states[SLOT_V].accumulate(row, column, n, decay(SLOT_V), scale(SLOT_V), w, SQUARE, w, V, scratch);
    if (keepsMaximum) {
      ((MaxRowState) states[SLOT_MAXIMUM]).maximize(row, column, n, w, V, w, V, scratch);
    }
    shrink(theta, to, n);
    KERNELS.adaptiveStep(theta, to, n, rowStep, w, M, w, V, rowRootScale, epsilon, limit);
  }

  private void shrink(MemorySegment theta, long to, int n) {
    if (weightDecay != 0) {
      KERNELS.scale(theta, to, n, shrink);
    }
  }
}
