/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.rule;

import dev.sublinear.kernel.Scratch;
import java.lang.foreign.MemorySegment;

/**
 * One step of a rule with its scalars frozen: learning rate and bias corrections are computed once, in {@link #begin}.
 *
 * <p>Made once per optimizer, over its states, and frozen anew at every step. {@code begin} is called by
 * one thread before the rows; {@code apply} by many threads on different rows.
 */
public interface RowStep {
  /**
   * Freezes the scalars of step {@code t}.
   *
   * @param t the step, from 1
   * @param learningRate the step's learning rate
   * @param leavesRowsOut whether the gradient leaves rows out of the optimizer's table; an empty one does
   */
  void begin(long t, float learningRate, boolean leavesRowsOut);

  /** The decay of slot number {@code slot} in this step. */
  float decay(int slot);

  /** The scale of slot number {@code slot} in this step. */
  float scale(int slot);

  /**
   * Updates the moments of one run of a row as far as they depend on it alone, and adds to two sums over all rows;
   * called only if {@link UpdateRule#isMeasured}, for all runs before any is applied. Parameters as in {@link #apply}.
   *
   * @param sums gets the run's share of the two sums
   * @param at index of the first; the second is the next
   */
  default void measure(long row, int column, int n, MemorySegment g, long go, MemorySegment theta, long to,
      Scratch scratch, double[] sums, int at) {}

  /**
   * Takes the sums, by one thread between the two passes.
   *
   * @param first the first sum
   * @param second the second sum
   * @param elements number of elements of all rows with a gradient; 0 if there are none
   */
  default void measured(double first, double second, long elements) {}

  /**
   * Updates the moments of one run of a row and moves its parameters.
   *
   * @param row table row
   * @param column first column
   * @param n number of columns, at most {@link Scratch#BLOCK}
   * @param g gradient, float32
   * @param go byte offset in {@code g}
   * @param theta parameters, float32
   * @param to byte offset in {@code theta}
   * @param counter what the rule's {@link UpdateRule#rowCounter} asks for; 0 if nothing
   * @param scratch the calling thread's working memory; runs below {@link Scratch#LAYOUT_RUN} are the rule's, and
   *     {@link Scratch#located} is where the row lives in each state
   */
  void apply(long row, int column, int n, MemorySegment g, long go, MemorySegment theta, long to,
      int counter, Scratch scratch);
}
