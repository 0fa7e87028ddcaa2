/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.step;

import dev.sublinear.gradient.RowTable;
import dev.sublinear.layout.Term;
import dev.sublinear.rule.MatrixRules;
import dev.sublinear.rule.Rules;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * What an optimizer string says: an update rule times its layouts ({@link OptimizerSpec}), or a rule of whole tensors
 * ({@link MatrixSpec}), which takes dense gradients only.
 *
 * <p>{@code toString} gives the text that {@link #parse} reads. Immutable.
 */
public sealed interface StepSpec permits OptimizerSpec, MatrixSpec {
  /**
   * Reads {@code NAME[:KEY=VALUE]... [SLOT=LAYOUT...]}; matrix rules have no slots.
   *
   * @throws IllegalArgumentException with one line naming what is wrong and what is legal
   */
  static StepSpec parse(String text) {
    String name = text.strip().split("[:\\s]", 2)[0];
    if (MatrixRules.names().contains(name)) {
      return MatrixSpec.parse(text);
    }
    if (name.isEmpty() || Rules.names().contains(name)) {
      return OptimizerSpec.parse(text);
    }
    List<String> legal = new ArrayList<>(Rules.names());
    legal.addAll(MatrixRules.names());
    String absence = MatrixRules.absence();
    throw new IllegalArgumentException(Term.unknown("optimizer", name, legal)
        + (absence == null ? "" : "; no rules of whole tensors: " + absence));
  }

  /** A learning rate to start from. */
  float defaultLearningRate();

  /**
   * The exact bytes of all state for a parameter of this shape; allocates nothing.
   *
   * @throws IllegalArgumentException if the state cannot have the shape
   */
  long bytes(long... shape);

  /** The bytes of the same rule with nothing compressed. */
  long denseBytes(long... shape);

  /** Working memory of a step for a parameter of this shape; optimizers with the same {@link Workers} share it. */
  long workspaceBytes(long... shape);

  /**
   * Allocates an optimizer of these parameters.
   *
   * @param parameters what {@link Optimizer#step} updates
   * @param seed seed of hashes and rounding; rules of whole tensors have neither
   * @param arena owner of the state's memory
   * @param workers threads of the step; may be shared with other optimizers
   * @throws IllegalArgumentException if the state cannot have the parameters' shape
   */
  Optimizer bind(RowTable parameters, long seed, Arena arena, Workers workers);
}
