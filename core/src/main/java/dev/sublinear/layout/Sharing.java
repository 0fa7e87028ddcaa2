/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

/** Which elements of a moment may live in one cell, hence what may be updated in parallel. */
public enum Sharing {
  /** Every element has its own cell: rows or columns may be split. */
  NONE,
  /** Elements of one column but different rows may share a cell: only columns may be split. */
  ROWS,
  /** Elements of one row share cells: only rows may be split, unless a reduction has filled the cells before. */
  COLUMNS,
  /** Both. */
  BOTH;

  /** Whether two rows may meet in one cell, so that rows must be updated in order by one thread. */
  public boolean sharesRows() {
    return this == ROWS || this == BOTH;
  }

  /** Whether two columns may meet in one cell. */
  public boolean sharesColumns() {
    return this == COLUMNS || this == BOTH;
  }
}
