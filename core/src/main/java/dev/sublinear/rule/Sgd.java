/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.rule;

import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.kernel.Kernels;
import dev.sublinear.kernel.Scratch;
import dev.sublinear.layout.RowState;
import dev.sublinear.layout.Slot;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Stochastic gradient descent: theta &lt;- theta - lr g. No slots.
 *
 * <p>Source: Robbins, Monro, 1951.
 */
public record Sgd() implements UpdateRule {
  private static final Kernels KERNELS = KernelSelection.current().kernels();

  @Override
  public String name() {
    return "sgd";
  }

  @Override
  public List<Slot> slots() {
    return List.of();
  }

  @Override
  public float defaultLearningRate() {
    return 1;
  }

  @Override
  public RowStep newStep(List<RowState> states) {
    return new Step();
  }

  @Override
  public UpdateRule withoutMemory(String slot) {
    throw new IllegalArgumentException("sgd has no slot " + slot);
  }

  @Override
  public String toString() {
    return name();
  }

  private static final class Step implements RowStep {
    private float learningRate;

    @Override
    public void begin(long t, float learningRate, boolean leavesRowsOut) {
      this.learningRate = learningRate;
    }

    @Override
    public float decay(int slot) {
      return 0;
    }

    @Override
    public float scale(int slot) {
      return 1;
    }

    @Override
    public void apply(long row, int column, int n, MemorySegment g, long go, MemorySegment theta,
        long to, int counter, Scratch scratch) {
      KERNELS.addScaled(theta, to, n, -learningRate, g, go);
    }
  }
}
