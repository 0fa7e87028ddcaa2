/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.rule;

import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.kernel.Kernels;
import dev.sublinear.kernel.RowCells;
import dev.sublinear.kernel.Scratch;
import dev.sublinear.layout.DirectRowState;
import dev.sublinear.layout.MaxRowState;
import dev.sublinear.layout.RowState;
import dev.sublinear.layout.SketchRowState;
import dev.sublinear.layout.StatelessRowState;
import dev.sublinear.layout.UniformRowState;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The step of {@link Adam}, {@link AdamW} and {@link AmsGrad}. */
final class AdamStep implements RowStep {
  private static final Kernels KERNELS = KernelSelection.current().kernels();
  private static final long SQUARE = Scratch.run(0);
  private static final long M = Scratch.run(1);
  private static final long V = Scratch.run(2);
  private static final int SLOT_M = 0;
  private static final int SLOT_V = 1;
  private static final int SLOT_MAXIMUM = 2;

  private final RowState m;
  private final RowState v;
  private final @Nullable MaxRowState maximum;
  private final double beta1;
  private final double beta2;
  private final float epsilon;
  private final double weightDecay;
  private final float limit;
  private final Adam.Correction correction;
  private float learningRate;
  private float step;
  private float rootScale;
  private float shrink;

  AdamStep(List<RowState> states, Adam adam, double weightDecay, boolean keepsMaximum) {
    m = states.get(SLOT_M);
    v = states.get(SLOT_V);
    maximum = keepsMaximum ? (MaxRowState) states.get(SLOT_MAXIMUM) : null;
    beta1 = adam.beta1();
    beta2 = adam.beta2();
    epsilon = (float) adam.epsilon();
    correction = adam.correction();
    limit = adam.bounded() ? limit(beta1, beta2) : Float.MAX_VALUE;
    this.weightDecay = weightDecay;
  }

  /** The Cauchy-Schwarz bound of |m| / sqrt(v), widened by more than rounding so that exact moments never meet it. */
  private static float limit(double beta1, double beta2) {
    double room = (1 - beta2) * (1 - beta1 * beta1 / beta2);
    return room > 0 ? (float) (1.0001 * (1 - beta1) / Math.sqrt(room)) : Float.MAX_VALUE;
  }

  @Override
  public void begin(long t, float learningRate, boolean leavesRowsOut) {
    this.learningRate = learningRate;
    step = stepAfter(t);
    rootScale = rootScaleAfter(t);
    shrink = (float) (1 - learningRate * weightDecay);
  }

  private float stepAfter(long updates) {
    return (float) (learningRate / (1 - power(beta1, updates)));
  }

  private float rootScaleAfter(long updates) {
    return (float) (1 / Math.sqrt(1 - power(beta2, updates)));
  }

  /** Not Math.pow, whose last bit may differ between machines, nor StrictMath.pow, which allocates. */
  private static double power(double base, long exponent) {
    double result = 1;
    for (long rest = exponent; rest > 0; rest >>= 1) {
      if ((rest & 1) != 0) {
        result *= base;
      }
      base *= base;
    }
    return result;
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
  public void apply(long row, int column, int n, MemorySegment g, long go, MemorySegment theta, long to, int counter,
      Scratch scratch) {
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
        double kept = counter == 0 ? 0 : power(beta1, counter);
        rowStep = learningRate;
        decayM = (float) kept;
        scaleM = (float) (1 - kept);
      }
    }
    if (weightDecay != 0) {
      KERNELS.scale(theta, to, n, shrink);
    }
    if (maximum == null && m instanceof DirectRowState mCells && v instanceof DirectRowState vCells) {
      KERNELS.adam(theta, to, n, g, go, mCells.cells(), mCells.offset(row, column), decayM, scaleM, vCells.cells(),
          vCells.offset(row, column), decay(SLOT_V), scale(SLOT_V), rowStep, rowRootScale, epsilon, limit);
    } else if (maximum == null && m instanceof SketchRowState mSketch
        && v instanceof SketchRowState vSketch) {
      RowCells mRow = scratch.located(SLOT_M);
      RowCells vRow = scratch.located(SLOT_V);
      mSketch.aim(mRow, row, column, decayM, scaleM);
      vSketch.aim(vRow, row, column, decay(SLOT_V), scale(SLOT_V));
      KERNELS.adamOfSketches(theta, to, n, g, go, mSketch.cells(), mRow, vSketch.cells(), vRow, rowStep, rowRootScale,
          epsilon, limit, scratch);
    } else if (maximum == null && m instanceof StatelessRowState && scaleM == 1
        && v instanceof UniformRowState uniform) {
      KERNELS.adaptiveStep(theta, to, n, rowStep, g, go, uniform.estimate(row), rowRootScale, epsilon, limit);
    } else {
      MemorySegment w = scratch.memory;
      KERNELS.square(g, go, w, SQUARE, n);
      m.accumulate(row, column, n, decayM, scaleM, g, go, w, M, scratch.located(SLOT_M), scratch);
      v.accumulate(row, column, n, decay(SLOT_V), scale(SLOT_V), w, SQUARE, w, V, scratch.located(SLOT_V), scratch);
      if (maximum != null) {
        maximum.maximize(row, column, n, w, V, w, V, scratch);
      }
      KERNELS.adaptiveStep(theta, to, n, rowStep, w, M, w, V, rowRootScale, epsilon, limit);
    }
  }
}
