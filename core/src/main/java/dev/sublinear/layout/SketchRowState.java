/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

import dev.sublinear.kernel.RowCells;

/**
 * A state whose {@link RowState#accumulate} is {@code Kernels.updateSketch}, so that a rule may fuse it with its step.
 */
public interface SketchRowState extends RowState {
  /**
   * Completes a {@link #locate}d row with what an update does to it.
   *
   * @param at the row as {@code locate} wrote it
   * @param row table row
   * @param column first column
   * @param decay factor of the old value
   * @param scale factor of what is added
   */
  void aim(RowCells at, long row, int column, float decay, float scale);
}
