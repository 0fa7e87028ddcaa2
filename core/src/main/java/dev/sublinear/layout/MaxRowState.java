/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

import dev.sublinear.kernel.Scratch;
import java.lang.foreign.MemorySegment;

/** A state that can also hold a running maximum, for slots of kind {@link Slot.Kind#MAXIMUM}. */
public interface MaxRowState extends RowState {
  /**
   * {@code S[row, c0..c0+n) <- max(S, x); out[0..n) <- the new S}; parameters as in {@link RowState#accumulate}.
   *
   * @param row table row
   * @param column first column
   * @param n number of columns, at most {@link Scratch#BLOCK}
   * @param x float32 values, none negative
   * @param xo byte offset in {@code x}
   * @param out float32 values; may be the same run as {@code x}
   * @param oo byte offset in {@code out}
   * @param scratch the calling thread's working memory
   */
  void maximize(long row, int column, int n, MemorySegment x, long xo, MemorySegment out, long oo, Scratch scratch);
}
