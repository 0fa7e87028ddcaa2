/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

import dev.sublinear.gradient.Gradient;

/** The sweep over a step's gradient that a layout needs before it can accumulate. */
public enum Reduction {
  /** No sweep. */
  NONE,
  /** The sum of the squared gradient over the columns of each row, given to {@link RowState#absorb(long, float)}. */
  ROW_SUM,
  /** The whole gradient, given to {@link RowState#absorb(Gradient, boolean)} before the first row. */
  GRADIENT
}
