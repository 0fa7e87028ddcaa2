/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.step;

import dev.sublinear.gradient.Gradient;
import dev.sublinear.gradient.RowTable;
import dev.sublinear.layout.StateArray;
import java.util.List;

/** A rule bound to one parameter table, with the state that it remembers between steps. One step at a time. */
public sealed interface Optimizer permits RowOptimizer, MatrixOptimizer {
  /**
   * Makes one step.
   *
   * @param gradient the gradient; it is only read
   * @param learningRate the step's learning rate
   * @throws IllegalArgumentException if the gradient does not fit; nothing has changed then
   */
  void step(Gradient gradient, float learningRate);

  /** What this optimizer was made from. */
  StepSpec spec();

  /** The table that is updated. */
  RowTable parameters();

  /** Number of steps made. */
  long steps();

  /** All memory of the state; their sizes add up to {@link #bytes}. */
  List<StateArray> arrays();

  /** Bytes of the state arrays, measured on the arrays themselves. */
  default long bytes() {
    return arrays().stream().mapToLong(array -> array.data().byteSize()).sum();
  }

  /**
   * Continues from a saved state whose arrays have been written into {@link #arrays}.
   *
   * @param steps number of steps that state had made
   */
  void resumeAt(long steps);
}
