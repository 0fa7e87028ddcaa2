/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.rule;

import dev.sublinear.layout.RowState;
import dev.sublinear.layout.Slot;
import dev.sublinear.layout.Term;
import java.util.List;

/**
 * RMSprop: v &lt;- alpha v + (1 - alpha) g^2; theta &lt;- theta - lr g / (sqrt(v) + epsilon), where 0/0 is 0.
 *
 * <p>Slot v is non-negative. No bias correction: {@code adam m=none} is the corrected form. Source: Hinton, 2012, in
 * PyTorch's form without centring.
 *
 * @param alpha decay of v, in [0, 1)
 * @param epsilon added to the root, at least 0
 */
public record RmsProp(double alpha, double epsilon) implements UpdateRule {
  private static final List<Slot> SLOTS = List.of(new Slot("v", Slot.Kind.NON_NEGATIVE));

  /** Checks the ranges. */
  public RmsProp {
    Rules.checkDecay("alpha", alpha);
    Rules.checkEpsilon(epsilon);
  }

  /** alpha 0.99, epsilon 1e-8. */
  public static RmsProp defaults() {
    return new RmsProp(0.99, 1e-8);
  }

  static RmsProp read(Term term) {
    RmsProp d = defaults();
    return new RmsProp(term.option("alpha", d.alpha), term.option("eps", d.epsilon));
  }

  @Override
  public String name() {
    return "rmsprop";
  }

  @Override
  public List<Slot> slots() {
    return SLOTS;
  }

  @Override
  public float defaultLearningRate() {
    return 0.001f;
  }

  @Override
  public RowStep newStep(List<RowState> states) {
    return new SecondMomentStep(states, alpha, 1 - alpha, epsilon);
  }

  @Override
  public UpdateRule withoutMemory(String slot) {
    throw new IllegalArgumentException("rmsprop has no signed slot " + slot);
  }

  @Override
  public String toString() {
    return name() + Term.text("alpha", alpha, defaults().alpha) + Term.text("eps", epsilon, defaults().epsilon);
  }
}
