/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.rule;

import dev.sublinear.layout.Dense;
import dev.sublinear.layout.None;
import dev.sublinear.layout.RankOne;
import dev.sublinear.layout.RowState;
import dev.sublinear.layout.Slot;
import dev.sublinear.layout.StateLayout;
import dev.sublinear.layout.Term;
import java.util.List;

/**
 * Adafactor: v &lt;- b_t v + (1 - b_t) g^2 with b_t = 1 - t^-0.8; u = g / (sqrt(v) + 1e-15);
 * theta &lt;- theta - a_t u / max(1, RMS(u) / clip), where a_t = rho_t max(1e-3, RMS(theta)) with {@code scale}, rho_t
 * without it, and rho_t = min(lr, 1 / sqrt(t)) with {@code relative}, lr without it.
 *
 * <p>RMS is the root mean square over all elements of the rows with a gradient, of theta before the step: the whole
 * tensor if the gradient is dense. Of a table with sparse gradients the rows that are touched are what moves, and to
 * read the others would cost more than the step. Rows are gone over twice, since the first may move only when the last
 * is known. Slots: v non-negative, in {@code rank-one} unless it is named (exact for vectors, which are a single
 * column); m, of updates, in {@code none}. With another layout m &lt;- beta1 m + (1 - beta1) s, theta &lt;- theta - m,
 * where s is what would be subtracted without it.
 *
 * <p>What spoils one element spoils all, since RMS(u) is over all: a NaN in a gradient makes every parameter of its
 * rows NaN, and where the squares of u add up to more than a float32 holds nothing moves, or without a clip all become
 * NaN.
 *
 * <p>Source: Shazeer, Stern, 2018, algorithms 4 to 6; m as in their code (Tensor2Tensor), which they advise against.
 * Deviations: eps1 = 1e-30 is not added to g^2 but its root to the root of v, which changes nothing unless v is below
 * 1e-24, and 0/0 is 0; v of a row decays when it is touched, see {@link RankOne}; higher ranks are matrices of rows and
 * all other dimensions together. At rates of its own, {@code lr} is the 1e-2 of the paper's
 * rho_t = min(1e-2, 1 / sqrt(t)).
 *
 * @param beta1 decay of m, in [0, 1)
 * @param clip the largest RMS of u, above 0; infinite for none
 * @param relative whether the rate is at most 1 / sqrt(t)
 * @param scale whether the rate is relative to the parameters
 */
public record Adafactor(double beta1, double clip, boolean relative, boolean scale) implements UpdateRule {
  private static final List<Slot> SLOTS =
      List.of(new Slot("m", Slot.Kind.UPDATE), new Slot("v", Slot.Kind.NON_NEGATIVE));

  /** Checks the ranges. */
  public Adafactor {
    Rules.checkDecay("beta1", beta1);
    if (!(clip > 0)) {
      throw new IllegalArgumentException("clip " + clip + ": must be above 0");
    }
  }

  /** beta1 0.9 (for an m that is kept), clip 1, relative and scaled steps. */
  public static Adafactor defaults() {
    return new Adafactor(0.9, 1, true, true);
  }

  static Adafactor read(Term term) {
    Adafactor d = defaults();
    return new Adafactor(term.option("beta1", d.beta1), term.option("clip", d.clip),
        term.flag("relative", d.relative), term.flag("scale", d.scale));
  }

  @Override
  public String name() {
    return "adafactor";
  }

  @Override
  public List<Slot> slots() {
    return SLOTS;
  }

  @Override
  public StateLayout defaultLayout(Slot slot) {
    return switch (slot.name()) {
      case "m" -> new None();
      case "v" -> new RankOne(false);
      default -> new Dense();
    };
  }

  @Override
  public float defaultLearningRate() {
    return 0.01f;
  }

  @Override
  public boolean isMeasured() {
    return true;
  }

  @Override
  public RowStep newStep(List<RowState> states) {
    return new AdafactorStep(states, this);
  }

  @Override
  public Adafactor withoutMemory(String slot) {
    Rules.checkSlot(this, slot, "m");
    return new Adafactor(0, clip, relative, scale);
  }

  @Override
  public String toString() {
    Adafactor d = defaults();
    return name() + Term.text("beta1", beta1, d.beta1) + Term.text("clip", clip, d.clip)
        + Term.text("relative", relative, d.relative) + Term.text("scale", scale, d.scale);
  }
}
