/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

/** A layout whose buckets can be merged in pairs, so that from then on its state takes half the memory. */
public interface FoldableLayout extends StateLayout {
  /**
   * This layout with half as many buckets.
   *
   * @throws IllegalArgumentException if for this shape their number is odd, or every row has a bucket of its own
   */
  FoldableLayout folded(long... shape);

  /**
   * Fills {@code half} with the sums of every two buckets of {@code state}: the sketch of the same values, because a
   * sketch is a sum and the bucket of a row in half the width is half its bucket.
   *
   * @param state a state of this layout; only read
   * @param half a fresh state of {@link #folded}, of the same seed
   * @param shape the shape of both
   */
  void fold(RowState state, RowState half, long... shape);
}
