/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

import java.lang.foreign.MemorySegment;

/**
 * A state with one float32 cell per element and nothing else to do in {@link RowState#accumulate}, so that a rule may
 * update the cells itself in a kernel that is fused with its step.
 */
public interface DirectRowState extends RowState {
  /** The cells, [rows x columns]; the estimate of an element is its cell. */
  MemorySegment cells();

  /** Byte offset of an element in {@link #cells}. */
  long offset(long row, int column);
}
