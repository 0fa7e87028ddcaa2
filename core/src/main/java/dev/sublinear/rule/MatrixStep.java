/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.rule;

import dev.sublinear.layout.StateArray;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A {@link MatrixRule} bound to one tensor: its state, and the step that moves the tensor. Not thread-safe. */
public interface MatrixStep {
  /**
   * Brings the state up to date and moves the parameters.
   *
   * @param step number of this step, from 1
   * @param gradient float32, as many values as the tensor has; only read
   * @param learningRate the step's learning rate
   */
  void apply(long step, MemorySegment gradient, float learningRate);

  /** All that is remembered between steps, the number of the step aside. */
  List<StateArray> arrays();

  /** How often the state was not brought up to date because a decomposition failed or its input was not finite. */
  long failures();
}
