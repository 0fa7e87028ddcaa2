/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.rule;

import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.kernel.Kernels;
import dev.sublinear.kernel.Scratch;
import dev.sublinear.layout.RowState;
import dev.sublinear.layout.StatelessRowState;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The step of {@link Adafactor}: the first pass updates v and measures u and theta, the second moves theta. */
final class AdafactorStep implements RowStep {
  private static final Kernels KERNELS = KernelSelection.current().kernels();
  private static final long SQUARE = Scratch.run(0);
  private static final long V = Scratch.run(1);
  private static final long U = Scratch.run(2);
  private static final long M = Scratch.run(3);
  private static final int SLOT_M = 0;
  private static final int SLOT_V = 1;

  /** The root of the paper's eps1. */
  private static final float EPSILON = 1e-15f;

  /** The paper's eps2. */
  private static final double LEAST_SCALE = 1e-3;

  private final RowState m;
  private final RowState v;
  private final Adafactor rule;
  private double learningRate;
  private double fresh;
  private float step;

  AdafactorStep(List<RowState> states, Adafactor rule) {
    m = states.get(SLOT_M);
    v = states.get(SLOT_V);
    this.rule = rule;
  }

  @Override
  public void begin(long t, float learningRate, boolean leavesRowsOut) {
    double root = fifthRoot(t);
    fresh = 1 / (root * root * root * root);
    this.learningRate = rule.relative() ? Math.min(learningRate, 1 / Math.sqrt(t)) : learningRate;
  }

  /**
   * Newton's method from above; not Math.pow, whose last bit may differ between machines, nor StrictMath, which
   * allocates.
   */
  private static double fifthRoot(double t) {
    double root = Math.sqrt(Math.sqrt(t));
    while (true) {
      double next = (4 * root + t / (root * root * root * root)) / 5;
      if (next >= root) {
        return root;
      }
      root = next;
    }
  }

  @Override
  public float decay(int slot) {
    return (float) (slot == SLOT_M ? rule.beta1() : 1 - fresh);
  }

  @Override
  public float scale(int slot) {
    return (float) (slot == SLOT_M ? 1 - rule.beta1() : fresh);
  }

  @Override
  public void measure(long row, int column, int n, MemorySegment g, long go, MemorySegment theta, long to,
      Scratch scratch, double[] sums, int at) {
    MemorySegment w = scratch.memory;
    KERNELS.square(g, go, w, SQUARE, n);
    v.accumulate(row, column, n, decay(SLOT_V), scale(SLOT_V), w, SQUARE, w, V, scratch.located(SLOT_V), scratch);
    KERNELS.fill(w, U, n, 0);
    KERNELS.adaptiveStep(w, U, n, -1, g, go, w, V, 1, EPSILON, Float.MAX_VALUE);
    sums[at] += KERNELS.sumOfSquares(w, U, n);
    sums[at + 1] += KERNELS.sumOfSquares(theta, to, n);
  }

  @Override
  public void measured(double first, double second, long elements) {
    double rate = rule.scale() ? learningRate * Math.max(LEAST_SCALE, Math.sqrt(second / elements)) : learningRate;
    step = (float) (rate / Math.max(1, Math.sqrt(first / elements) / rule.clip()));
  }

  @Override
  public void apply(long row, int column, int n, MemorySegment g, long go, MemorySegment theta, long to, int counter,
      Scratch scratch) {
    MemorySegment w = scratch.memory;
    v.query(row, column, n, w, V, scratch.located(SLOT_V), scratch);
    if (m instanceof StatelessRowState) {
      KERNELS.adaptiveStep(theta, to, n, step, g, go, w, V, 1, EPSILON, Float.MAX_VALUE);
      return;
    }
    KERNELS.fill(w, U, n, 0);
    KERNELS.adaptiveStep(w, U, n, -step, g, go, w, V, 1, EPSILON, Float.MAX_VALUE);
    m.accumulate(row, column, n, decay(SLOT_M), scale(SLOT_M), w, U, w, M, scratch.located(SLOT_M), scratch);
    KERNELS.addScaled(theta, to, n, -1, w, M);
  }
}
