/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.rule;

import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.kernel.Kernels;
import dev.sublinear.kernel.Scratch;
import dev.sublinear.layout.BoundedRowState;
import dev.sublinear.layout.Dense;
import dev.sublinear.layout.RowState;
import dev.sublinear.layout.Slot;
import dev.sublinear.layout.Sm3Cover;
import dev.sublinear.layout.StateLayout;
import dev.sublinear.layout.StatelessRowState;
import dev.sublinear.layout.Term;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * SM3's rule, Adagrad with momentum after the preconditioner: v &lt;- v + g^2; u = g / sqrt(v + epsilon), and 0 where
 * both are 0; m &lt;- beta1 m + (1 - beta1) u; theta &lt;- theta - lr m. Where a gradient leaves rows out there is no
 * momentum: theta &lt;- theta - lr u, and all of m stays as it is, but for the cleaning of a sketch.
 *
 * <p>Slots: m, of u and not of g; v non-negative, in the layout {@code sm3} unless another is named, without which this
 * is Adagrad. Neither is corrected for its start at 0. With momentum in sparse steps the update of a rare row would be
 * paid out over the next ten times that it comes (docs/adr/0016). A table whose gradients all leave rows out does not
 * use m; with {@code m=none} it takes the same steps to the last bit, without its bytes and without looking up its
 * cells. Without epsilon a gradient so small that its square is 0 counts as 0.
 *
 * <p>Source: Anil, Gupta, Koren, Singer, 2019. The paper has no epsilon; codes have one within the root, 1e-8 in Optax,
 * 1e-10 in {@code precondition}, 1e-30 in the authors': the option {@code eps}. In their code a sparse step has no
 * momentum either, but what is sparse is the type of the gradient; here a gradient of every row is the same whatever
 * its type.
 *
 * @param beta1 decay of m, in [0, 1)
 * @param epsilon added to v under the root, at least 0
 */
public record Sm3(double beta1, double epsilon) implements UpdateRule {
  private static final Kernels KERNELS = KernelSelection.current().kernels();
  private static final List<Slot> SLOTS =
      List.of(new Slot("m", Slot.Kind.UPDATE), new Slot("v", Slot.Kind.NON_NEGATIVE));

  /** Checks the ranges. */
  public Sm3 {
    Rules.checkDecay("beta1", beta1);
    Rules.checkEpsilon(epsilon);
  }

  /** beta1 0.9, no epsilon. */
  public static Sm3 defaults() {
    return new Sm3(0.9, 0);
  }

  static Sm3 read(Term term) {
    Sm3 d = defaults();
    return new Sm3(term.option("beta1", d.beta1), term.option("eps", d.epsilon));
  }

  @Override
  public String name() {
    return "sm3";
  }

  @Override
  public List<Slot> slots() {
    return SLOTS;
  }

  @Override
  public StateLayout defaultLayout(Slot slot) {
    return slot.kind() == Slot.Kind.NON_NEGATIVE ? new Sm3Cover(Sm3Cover.Variant.II) : new Dense();
  }

  @Override
  public float defaultLearningRate() {
    return 0.1f;
  }

  @Override
  public RowStep newStep(List<RowState> states) {
    return new Step(this, states.get(0), states.get(1));
  }

  @Override
  public UpdateRule withoutMemory(String slot) {
    Rules.checkSlot(this, slot, "m");
    return new Sm3(0, epsilon);
  }

  @Override
  public String toString() {
    return name() + Term.text("beta1", beta1, defaults().beta1) + Term.text("eps", epsilon, defaults().epsilon);
  }

  private static final class Step implements RowStep {
    private static final long SQUARE = Scratch.run(0);
    private static final long V = Scratch.run(1);
    private static final long U = Scratch.run(2);
    private static final long M = Scratch.run(3);
    private static final int SLOT_M = 0;
    private static final int SLOT_V = 1;
    /** A bound on |u| that only v = 0 meets, where it makes u 0. */
    private static final float LIMIT = 1e38f;

    private final RowState m;
    private final RowState v;
    private final float beta1;
    private final float rest;
    private final float epsilon;
    private float learningRate;
    private boolean leavesRowsOut;

    Step(Sm3 rule, RowState m, RowState v) {
      this.m = m;
      this.v = v;
      beta1 = (float) rule.beta1;
      rest = (float) (1 - rule.beta1);
      epsilon = (float) rule.epsilon;
    }

    @Override
    public void begin(long t, float learningRate, boolean leavesRowsOut) {
      this.learningRate = learningRate;
      this.leavesRowsOut = leavesRowsOut;
    }

    @Override
    public float decay(int slot) {
      return slot == SLOT_M && !leavesRowsOut ? beta1 : 1;
    }

    @Override
    public float scale(int slot) {
      if (slot != SLOT_M) {
        return 1;
      }
      return leavesRowsOut ? 0 : rest;
    }

    @Override
    public void apply(long row, int column, int n, MemorySegment g, long go, MemorySegment theta, long to, int counter,
        Scratch scratch) {
      if (leavesRowsOut || (m instanceof StatelessRowState && rest == 1)) {
        moveByU(row, column, n, g, go, theta, to, learningRate, scratch);
        return;
      }
      MemorySegment w = scratch.memory;
      KERNELS.fill(w, U, n, 0);
      moveByU(row, column, n, g, go, w, U, -1, scratch);
      m.accumulate(row, column, n, beta1, rest, w, U, w, M, scratch.located(SLOT_M), scratch);
      KERNELS.addScaled(theta, to, n, -learningRate, w, M);
    }

    /** {@code target[i] = target[i] - step * u[i]}. */
    private void moveByU(long row, int column, int n, MemorySegment g, long go, MemorySegment target, long to,
        float step,
        Scratch scratch) {
      MemorySegment w = scratch.memory;
      if (epsilon == 0 && v instanceof BoundedRowState bounded) {
        long kept = scratch.located(SLOT_V).kept;
        float greatest = KERNELS.adaptiveStepBounded(target, to, n, step, g, go, bounded.bound(row), w, kept,
            kept + BoundedRowState.TO_MAXIMA, 1, 1, 0, LIMIT);
        bounded.raise(row, column, n, greatest);
        return;
      }
      KERNELS.square(g, go, w, SQUARE, n);
      v.accumulate(row, column, n, 1, 1, w, SQUARE, w, V, scratch.located(SLOT_V), scratch);
      if (epsilon != 0) {
        KERNELS.fill(w, SQUARE, n, epsilon);
        KERNELS.addScaled(w, V, n, 1, w, SQUARE);
      }
      KERNELS.adaptiveStep(target, to, n, step, g, go, w, V, 1, 0, LIMIT);
    }
  }
}
