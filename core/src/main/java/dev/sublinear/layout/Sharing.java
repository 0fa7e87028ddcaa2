/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

/** Which elements of a moment may live in one cell, hence which updates must keep an order. */
public enum Sharing {
  /** Every element has its own cell: rows may be updated in any order. */
  NONE,
  /** Elements of one column but different rows may share a cell: rows that meet in one are updated in their order. */
  ROWS,
  /** Elements of one row share cells, which a reduction fills before: rows may be updated in any order. */
  COLUMNS,
  /**
   * All elements may share cells, which a reduction fills before or a merge after: rows may be updated in any order.
   */
  BOTH
}
