/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

/**
 * A state with one float32 cell per element and nothing else to do in {@link RowState#accumulate}, so that a rule may
 * update the cells itself in a kernel that is fused with its step.
 */
public interface DirectRowState extends RowState {
  /** Byte offset of an element, which is its own estimate, in {@link #cells}, [rows x columns]. */
  long offset(long row, int column);
}
