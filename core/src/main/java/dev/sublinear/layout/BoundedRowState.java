/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

import dev.sublinear.kernel.Scratch;

/**
 * A state whose {@link RowState#accumulate} is {@code Kernels.decayAddBounded}, so that a rule may fuse it with its
 * step: the first run at {@code RowCells.kept} holds the bounds of a block of columns, the second gathers its maxima.
 */
public interface BoundedRowState extends RowState {
  /** From the run of the bounds to that of the maxima. */
  long TO_MAXIMA = Scratch.run(1);

  /** The bound that all elements of {@code row} have in common. */
  float bound(long row);

  /**
   * Ends what {@link #accumulate} would do.
   *
   * @param row table row
   * @param column first column
   * @param n number of columns
   * @param greatest what the kernel returned
   */
  void raise(long row, int column, int n, float greatest);
}
