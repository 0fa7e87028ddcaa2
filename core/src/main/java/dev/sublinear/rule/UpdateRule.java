/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.rule;

import dev.sublinear.layout.Dense;
import dev.sublinear.layout.RowState;
import dev.sublinear.layout.Slot;
import dev.sublinear.layout.StateLayout;
import java.util.List;

/**
 * An update rule: which moments are remembered and how parameters move; an immutable record of hyper-parameters.
 *
 * <p>A rule knows nothing of how its moments are stored. The text form ({@code toString}) is the one that
 * {@link Rules#parse} reads. Thread-safe.
 */
public interface UpdateRule {
  /** The registered name, for example {@code adam}. */
  String name();

  /** The moments, in the order in which {@link #newStep} gets their states. */
  List<Slot> slots();

  /** The layout of a slot that is not named: dense, unless the rule is known by another, as Adafactor by rank-one. */
  default StateLayout defaultLayout(Slot slot) {
    return new Dense();
  }

  /** A learning rate to start from, tuned on the default corpus; what suits depends on the model and the data. */
  float defaultLearningRate();

  /**
   * A step of this rule; one is made per optimizer and reused, so that stepping allocates nothing.
   *
   * @param states one state per slot
   */
  RowStep newStep(List<RowState> states);

  /**
   * Whether a step goes over the rows twice: first by {@link RowStep#measure}, and by {@link RowStep#apply} when all
   * are measured. It then needs layouts that {@link StateLayout#isKnownInStep}.
   */
  default boolean isMeasured() {
    return false;
  }

  /** What {@link RowStep#apply} needs to know of each row's past; 4 more bytes a row unless {@code NONE}. */
  default RowCounter rowCounter() {
    return RowCounter.NONE;
  }

  /**
   * The same rule without memory in a signed slot: its decay is 0, so there is no bias correction either. Used for the
   * layout {@code none}.
   *
   * @throws IllegalArgumentException if the rule has no such signed slot
   */
  UpdateRule withoutMemory(String slot);
}
