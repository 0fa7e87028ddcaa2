/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

/** The sweep over a step's gradient that a layout needs before it can accumulate. */
public enum Reduction {
  /** No sweep. */
  NONE,
  /** Sums over the columns of each row, which {@link RowState#absorb} takes from the row's gradient. */
  ROW_SUM
}
