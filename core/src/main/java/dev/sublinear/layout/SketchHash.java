/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

import dev.sublinear.kernel.CounterRandom;

/**
 * The hash functions of a sketch: one 64-bit hash of the row, and from it a bucket and a sign for every depth.
 *
 * <p>Bucket of depth j: multiply-shift of the hash times an odd constant of j, so that the bucket in a sketch of half
 * the width is half the bucket. Sign of depth j: bit j. The depths may share one hash because its products with the
 * factors form a lattice without short vectors (the shortest of any two depths exceeds 2^29, of depths 0 to 2 2^42,
 * near the best that 2^64 points allow): for no width in use do rows that meet in one depth meet in another more
 * often than by chance. Part of the checkpoint format. Thread-safe.
 */
final class SketchHash {
  private static final long STREAM = CounterRandom.stream("sketch");
  /** One odd factor for each depth: none, then multipliers of published linear congruential generators. */
  private static final long[] FACTORS = {1, 0xD1342543DE82EF95L, 0xAF251AF3B0F025B5L, 0x5851F42D4C957F2DL,
    0xDA942042E4DD58B5L, 0x27BB2EE687B0B0FDL, 0x369DEA0F31A53F85L};

  private SketchHash() {}

  /** The key of a sketch with this seed, for {@link CounterRandom#bits}. */
  static long key(long seed) {
    return CounterRandom.key(seed, STREAM, 0);
  }

  /** The bucket in depth j, in [0, width). */
  static long bucket(long hash, int j, long width) {
    return Math.unsignedMultiplyHigh(hash * FACTORS[j], width);
  }

  /** The sign in depth j. */
  static float sign(long hash, int j) {
    return (hash >>> j & 1) == 0 ? 1 : -1;
  }
}
