/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.oracle;

import dev.sublinear.kernel.CounterRandom;

/**
 * The hash functions of a sketch, the one thing an oracle takes as given: bucket h_j(i) by multiply-shift of the counter
 * random bits of stream "sketch buckets", step j, index i; sign s_j(i) by the top bit of stream "sketch signs".
 *
 * @param seed the seed of the moment
 * @param width number of buckets; if it is at least the number of rows, the bucket is the row
 * @param rows number of rows
 */
public record SketchHashes(long seed, long width, long rows) {
  private static final long BUCKETS = CounterRandom.stream("sketch buckets");
  private static final long SIGNS = CounterRandom.stream("sketch signs");

  /** The seed of a slot's moment in an optimizer with {@code seed}. */
  public static long slotSeed(long seed, String slot) {
    return CounterRandom.mix(seed ^ CounterRandom.stream(slot));
  }

  /** The bucket of a row in depth j. */
  public int bucket(int j, long row) {
    return (int) (width >= rows ? row : CounterRandom.below(CounterRandom.key(seed, BUCKETS, j), row, width));
  }

  /** The sign of a row in depth j. */
  public int sign(int j, long row) {
    return CounterRandom.bits(CounterRandom.key(seed, SIGNS, j), row) < 0 ? -1 : 1;
  }
}
