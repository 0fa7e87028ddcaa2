/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.rule;

import dev.sublinear.layout.RowState;
import dev.sublinear.layout.Slot;
import dev.sublinear.layout.Term;
import java.util.List;

/**
 * AMSGrad: Adam whose step divides by the largest v so far: vmax &lt;- max(vmax, v).
 *
 * <p>The maximum is taken before the bias correction, as in PyTorch (the paper has no correction). Slots: m, v as
 * {@link Adam}; vmax is a maximum, which only layouts that can do max may hold. Source: Reddi, Kale, Kumar, 2018,
 * algorithm 2.
 *
 * @param adam the hyper-parameters of Adam
 */
public record AmsGrad(Adam adam) implements UpdateRule {
  private static final List<Slot> SLOTS = List.of(new Slot("m", Slot.Kind.SIGNED),
      new Slot("v", Slot.Kind.NON_NEGATIVE), new Slot("vmax", Slot.Kind.MAXIMUM));

  /** Adam's defaults. */
  public static AmsGrad defaults() {
    return new AmsGrad(Adam.defaults());
  }

  static AmsGrad read(Term term) {
    return new AmsGrad(Adam.read(term));
  }

  @Override
  public String name() {
    return "amsgrad";
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
    return new AdamStep(states, adam, 0, true);
  }

  @Override
  public RowCounter rowCounter() {
    return adam.rowCounter();
  }

  @Override
  public UpdateRule withoutMemory(String slot) {
    return new AmsGrad(adam.withoutMemory(slot));
  }

  @Override
  public String toString() {
    return name() + adam.options();
  }
}
