/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

import dev.sublinear.gradient.Gradient;
import java.lang.foreign.MemorySegment;

/** The sweep over a step's gradient that a layout needs before it can accumulate. */
public enum Reduction {
  /** No sweep. */
  NONE,
  /**
   * Sums over the columns of each row, which {@link RowState#absorb(long, MemorySegment, long, int)} takes from the
   * row's gradient.
   */
  ROW_SUM,
  /** The whole gradient, given to {@link RowState#absorb(Gradient, boolean)} before the first row. */
  GRADIENT
}
