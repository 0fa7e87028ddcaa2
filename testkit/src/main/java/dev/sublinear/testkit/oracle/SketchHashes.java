/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.oracle;

import dev.sublinear.kernel.CounterRandom;
import java.math.BigInteger;

/**
 * The hash functions of a sketch, the one thing an oracle takes as given: hash of row i = the counter random bits of
 * stream "sketch", step 0, index i; bucket h_j(i) by multiply-shift of the hash times the odd factor of j; sign s_j(i)
 * by bit j.
 *
 * @param seed the seed of the moment
 * @param width number of buckets; if it is at least the number of rows, the bucket is the row
 * @param rows number of rows
 */
public record SketchHashes(long seed, long width, long rows) {
  private static final long STREAM = CounterRandom.stream("sketch");
  private static final String[] FACTORS = {"1", "d1342543de82ef95", "af251af3b0f025b5", "5851f42d4c957f2d",
    "da942042e4dd58b5", "27bb2ee687b0b0fd", "369dea0f31a53f85"};

  /** The seed of a slot's moment in an optimizer with {@code seed}. */
  public static long slotSeed(long seed, String slot) {
    return CounterRandom.mix(seed ^ CounterRandom.stream(slot));
  }

  /** The bucket of a row in depth j. */
  public int bucket(int j, long row) {
    if (width >= rows) {
      return (int) row;
    }
    BigInteger product = unsigned(hash(row)).multiply(new BigInteger(FACTORS[j], 16)).mod(BigInteger.TWO.pow(64));
    return product.multiply(BigInteger.valueOf(width)).shiftRight(64).intValueExact();
  }

  /** The sign of a row in depth j. */
  public int sign(int j, long row) {
    return unsigned(hash(row)).testBit(j) ? -1 : 1;
  }

  private long hash(long row) {
    return CounterRandom.bits(CounterRandom.key(seed, STREAM, 0), row);
  }

  private static BigInteger unsigned(long bits) {
    return new BigInteger(Long.toUnsignedString(bits));
  }
}
