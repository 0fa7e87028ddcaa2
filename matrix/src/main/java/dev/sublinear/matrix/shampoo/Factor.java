/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.shampoo;

import dev.sublinear.layout.StateArray;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The preconditioner of one axis of a block: statistics of the block's unfolding along the axis, and a root of them.
 *
 * <p>A block is float32, [before x d x after] as this axis sees it, d the axis's extent. The root is the identity until
 * {@link #root} first succeeds.
 */
interface Factor {
  /** How factors of one rule are made. */
  interface Kind {
    /** Floats of state of an axis of extent {@code d}. */
    long floats(int d);

    /** Bytes of working memory of an axis of extent {@code d}, with {@code others} elements per index. */
    long workBytes(int d, long others);

    /** Allocates the state of one axis of a tensor that has {@code order} of them. */
    Factor allocate(int d, int order, Arena arena);
  }

  /**
   * Takes the gradient into the statistics.
   *
   * @return false if that failed; nothing has changed then
   */
  boolean accumulate(MemorySegment block, int before, int after, MemorySegment work);

  /**
   * Makes the root of the statistics.
   *
   * @return false if that failed; the root is the one there was
   */
  boolean root(MemorySegment work);

  /**
   * Multiplies the block by the root along this axis.
   *
   * @param block the block; overwritten
   * @param spare as large as the block; overwritten
   * @return whether the product is in {@code spare}; otherwise it is in {@code block}
   */
  boolean apply(MemorySegment block, MemorySegment spare, int before, int after);

  /** All that is remembered, names beginning with {@code prefix}. */
  List<StateArray> arrays(String prefix);
}
