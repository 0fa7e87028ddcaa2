/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.rule;

import dev.sublinear.layout.RowState;
import dev.sublinear.layout.Slot;
import dev.sublinear.layout.Term;
import java.util.List;

/**
 * Adam: m &lt;- beta1 m + (1 - beta1) g; v &lt;- beta2 v + (1 - beta2) g^2;
 * theta &lt;- theta - lr m' / (sqrt(v') + epsilon) with m' = m / (1 - beta1^k), v' = v / (1 - beta2^k).
 *
 * <p>Rows without a gradient keep their moments and parameters. What k counts, and with it how a row that was at rest
 * goes on, is the {@link Correction}. Slots: m signed, v non-negative. Source: Kingma, Ba, 2015, algorithm 1; 0/0 is 0.
 *
 * <p>Deviation: unless {@code bounded} is false, |m| is cut off at L sqrt(v),
 * L = (1 - beta1) / sqrt((1 - beta2) (1 - beta1^2 / beta2)), 7.27 by default (31.6 for beta1 = 0). By the
 * Cauchy-Schwarz inequality exact moments never exceed it, so dense Adam is unchanged; of sketched moments it takes off
 * what can only be noise, without which a sketched m diverges at learning rates that suit Adam. With {@code row-wise},
 * whose v is a mean, it also cuts off the columns whose gradient is far above the row's. (With {@code beta1^2 >= beta2}
 * there is no such bound, and none is applied. With {@code GAP} a row that rested may exceed it, up to 1 / sqrt(1 -
 * beta2), and is cut off too.)
 *
 * @param beta1 decay of m, in [0, 1)
 * @param beta2 decay of v, in [0, 1)
 * @param epsilon added to the root, at least 0
 * @param correction what k counts
 * @param bounded whether |m| is cut off
 */
public record Adam(double beta1, double beta2, double epsilon, Correction correction, boolean bounded)
    implements
      UpdateRule {
  /** What the bias correction counts. */
  public enum Correction {
    /** Steps of the optimizer, as in PyTorch, also in its SparseAdam. */
    STEP,
    /**
     * Updates of the row, as in recommender systems, so that a rare row's first step is not shortened: 4 more bytes a
     * row.
     */
    ROW,
    /**
     * Steps for v; for m the steps j since the row's last update: m &lt;- beta1^j m + (1 - beta1^j) g, and m = g for
     * the first, which needs no correction. A row that rested neither carries on with stale momentum nor takes only (1
     * - beta1) of its new gradient: 4 more bytes a row, up to 2^31 - 1 steps. With j = 1 throughout it is Adam without
     * the correction of m. No publication: it is linear in the gradient, so a sketch with {@code decay=global} can hold
     * it, and is there because sketched momentum trains best with it (docs/adr/0009).
     */
    GAP
  }

  private static final List<Slot> SLOTS =
      List.of(new Slot("m", Slot.Kind.SIGNED), new Slot("v", Slot.Kind.NON_NEGATIVE));

  /** Checks the ranges. */
  public Adam {
    Rules.checkDecay("beta1", beta1);
    Rules.checkDecay("beta2", beta2);
    Rules.checkEpsilon(epsilon);
  }

  /** beta1 0.9, beta2 0.999, epsilon 1e-8, correction by step, bounded. */
  public static Adam defaults() {
    return new Adam(0.9, 0.999, 1e-8, Correction.STEP, true);
  }

  static Adam read(Term term) {
    Adam d = defaults();
    return new Adam(
        term.option("beta1", d.beta1),
        term.option("beta2", d.beta2),
        term.option("eps", d.epsilon),
        term.choice("correction", d.correction),
        term.flag("bounded", d.bounded));
  }

  @Override
  public String name() {
    return "adam";
  }

  @Override
  public List<Slot> slots() {
    return SLOTS;
  }

  @Override
  public float defaultLearningRate() {
    return 0.008f;
  }

  @Override
  public RowStep newStep(List<RowState> states) {
    return new AdamStep(states, this, 0, false);
  }

  @Override
  public RowCounter rowCounter() {
    return switch (correction) {
      case STEP -> RowCounter.NONE;
      case ROW -> RowCounter.UPDATES;
      case GAP -> RowCounter.GAP;
    };
  }

  @Override
  public Adam withoutMemory(String slot) {
    Rules.checkSlot(this, slot, "m");
    return new Adam(0, beta2, epsilon, correction, bounded);
  }

  /** The text of the hyper-parameters, shared with the rules built on this one. */
  String options() {
    Adam d = defaults();
    return Term.text("beta1", beta1, d.beta1) + Term.text("beta2", beta2, d.beta2)
        + Term.text("eps", epsilon, d.epsilon)
        + Term.text("correction", correction, d.correction) + Term.text("bounded", bounded, d.bounded);
  }

  @Override
  public String toString() {
    return name() + options();
  }
}
