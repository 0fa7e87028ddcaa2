/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.rule;

import dev.sublinear.layout.RowState;
import dev.sublinear.layout.Slot;
import dev.sublinear.layout.Term;
import java.util.List;

/**
 * Diagonal Adagrad: v &lt;- v + g^2; theta &lt;- theta - lr g / (sqrt(v) + epsilon), where 0/0 is 0.
 *
 * <p>Slot v is non-negative and starts at 0. Source: Duchi, Hazan, Singer, 2011, in PyTorch's form without decay of the
 * learning rate.
 *
 * @param epsilon added to the root, at least 0
 */
public record Adagrad(double epsilon) implements UpdateRule {
  private static final List<Slot> SLOTS = List.of(new Slot("v", Slot.Kind.NON_NEGATIVE));

  /** Checks the range. */
  public Adagrad {
    Rules.checkEpsilon(epsilon);
  }

  /** epsilon 1e-10. */
  public static Adagrad defaults() {
    return new Adagrad(1e-10);
  }

  static Adagrad read(Term term) {
    return new Adagrad(term.option("eps", defaults().epsilon));
  }

  @Override
  public String name() {
    return "adagrad";
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
    return new SecondMomentStep(states, 1, 1, epsilon);
  }

  @Override
  public UpdateRule withoutMemory(String slot) {
    throw new IllegalArgumentException("adagrad has no signed slot " + slot);
  }

  @Override
  public String toString() {
    return name() + Term.text("eps", epsilon, defaults().epsilon);
  }
}
