/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.rule;

import dev.sublinear.layout.RowState;
import dev.sublinear.layout.Slot;
import dev.sublinear.layout.Term;
import java.util.List;

/**
 * Adam with decoupled weight decay: theta &lt;- (1 - lr weightDecay) theta, then Adam's step.
 *
 * <p>A row without a gradient does not decay in that step and does not catch up later: parameters of untouched rows
 * never move. On a sparse table a row thus decays in proportion to how often it occurs. Slots as {@link Adam}. Source:
 * Loshchilov, Hutter, 2019, algorithm 2, with their schedule multiplier inside lr (as PyTorch).
 *
 * @param adam the hyper-parameters of Adam
 * @param weightDecay the decay per unit of learning rate, at least 0
 */
public record AdamW(Adam adam, double weightDecay) implements UpdateRule {
  /** Checks the range. */
  public AdamW {
    if (!(weightDecay >= 0 && weightDecay < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("weight decay " + weightDecay + ": must be >= 0");
    }
  }

  /** Adam's defaults with weight decay 0.01. */
  public static AdamW defaults() {
    return new AdamW(Adam.defaults(), 0.01);
  }

  static AdamW read(Term term) {
    return new AdamW(Adam.read(term), term.option("decay", defaults().weightDecay));
  }

  @Override
  public String name() {
    return "adamw";
  }

  @Override
  public List<Slot> slots() {
    return adam.slots();
  }

  @Override
  public float defaultLearningRate() {
    return 0.008f;
  }

  @Override
  public RowStep newStep(List<RowState> states) {
    return new AdamStep(states, adam, weightDecay, false);
  }

  @Override
  public RowCounter rowCounter() {
    return adam.rowCounter();
  }

  @Override
  public UpdateRule withoutMemory(String slot) {
    return new AdamW(adam.withoutMemory(slot), weightDecay);
  }

  @Override
  public String toString() {
    return name() + adam.options() + Term.text("decay", weightDecay, defaults().weightDecay);
  }
}
