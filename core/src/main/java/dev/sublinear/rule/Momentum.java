/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.rule;

import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.kernel.Kernels;
import dev.sublinear.kernel.Scratch;
import dev.sublinear.layout.RowState;
import dev.sublinear.layout.Slot;
import dev.sublinear.layout.Term;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Momentum: m &lt;- mu m + g; theta &lt;- theta - lr m, or with Nesterov's look-ahead
 * theta &lt;- theta - lr (g + mu m).
 *
 * <p>Slot m is signed. Sources: Polyak, 1964 (heavy ball); Sutskever et al., 2013 (Nesterov's form as PyTorch has it,
 * in which the learning rate multiplies the velocity).
 *
 * @param mu decay of the velocity, in [0, 1)
 * @param nesterov whether to look ahead
 */
public record Momentum(double mu, boolean nesterov) implements UpdateRule {
  private static final Kernels KERNELS = KernelSelection.current().kernels();
  private static final List<Slot> SLOTS = List.of(new Slot("m", Slot.Kind.SIGNED));

  /** Checks the range. */
  public Momentum {
    Rules.checkDecay("mu", mu);
  }

  /** mu 0.9, heavy ball. */
  public static Momentum defaults() {
    return new Momentum(0.9, false);
  }

  static Momentum read(Term term) {
    Momentum d = defaults();
    return new Momentum(term.option("mu", d.mu), term.flag("nesterov", d.nesterov));
  }

  @Override
  public String name() {
    return "momentum";
  }

  @Override
  public List<Slot> slots() {
    return SLOTS;
  }

  @Override
  public float defaultLearningRate() {
    return 0.1f;
  }

  @Override
  public RowStep newStep(List<RowState> states) {
    return new Step(this, states.getFirst());
  }

  @Override
  public UpdateRule withoutMemory(String slot) {
    Rules.checkSlot(this, slot, "m");
    return new Momentum(0, nesterov);
  }

  @Override
  public String toString() {
    return name() + Term.text("mu", mu, defaults().mu) + Term.text("nesterov", nesterov, defaults().nesterov);
  }

  private static final class Step implements RowStep {
    private final Momentum rule;
    private final RowState state;
    private float learningRate;

    Step(Momentum rule, RowState state) {
      this.rule = rule;
      this.state = state;
    }

    @Override
    public void begin(long t, float learningRate, boolean leavesRowsOut) {
      this.learningRate = learningRate;
    }

    @Override
    public float decay(int slot) {
      return (float) rule.mu;
    }

    @Override
    public float scale(int slot) {
      return 1;
    }

    @Override
    public void apply(long row, int column, int n, MemorySegment g, long go, MemorySegment theta,
        long to, int counter, Scratch scratch) {
      long m = Scratch.run(0);
      state.accumulate(row, column, n, (float) rule.mu, 1, g, go, scratch.memory, m, scratch.located(0), scratch);
      if (rule.nesterov) {
        KERNELS.combine((float) rule.mu, scratch.memory, m, 1, g, go, scratch.memory, m, n);
      }
      KERNELS.addScaled(theta, to, n, -learningRate, scratch.memory, m);
    }
  }
}
