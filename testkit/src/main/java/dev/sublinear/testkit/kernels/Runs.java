/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.kernels;

import dev.sublinear.kernel.CounterRandom;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Runs of float32 or bfloat16 values for kernels to work on, the same for the same arguments.
 *
 * @param seed seed of the values
 */
record Runs(long seed) {
  /** Lengths with nothing, less than a vector, odd tails, whole vectors, and more than a block. */
  static final int[] SIZES = {0, 1, 3, 13, 16, 17, 31, 32, 207, 1024};

  /** Byte offsets of a run in its memory: floats are aligned to 4 bytes and no more. */
  static final long[] OFFSETS = {0, 4, 60};

  private static final long STREAM = CounterRandom.stream("testkit runs");

  private static final float[] SPECIALS = {0f, -0f, Float.MIN_VALUE, -Float.MIN_VALUE, 1e-40f, Float.MIN_NORMAL,
    Float.MAX_VALUE, -Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, 1f, -1f, 0x1.01p0f,
    0x1.018p0f, 0x1.fffffep127f};

  /** How many bytes may follow the run, so that a write past its end is seen. */
  private static final int MARGIN = 128;

  /** n floats at byte {@code offset}; every other one is special if asked for. */
  MemorySegment floats(Arena arena, int number, long offset, int n, boolean special) {
    MemorySegment memory = arena.allocate(offset + 4L * n + MARGIN, 64);
    long key = CounterRandom.key(seed, STREAM, number);
    for (int i = 0; i < n; i++) {
      memory.set(ValueLayout.JAVA_FLOAT, offset + 4L * i, value(key, i, special));
    }
    return memory;
  }

  private static float value(long key, int i, boolean special) {
    long bits = CounterRandom.bits(key, i);
    if (special && bits < 0) {
      return SPECIALS[(int) (bits & 15)];
    }
    // Uniform in (-1, 1) times a power of two, so that sums round.
    int exponent = (int) (bits >>> 8 & 15) - 8;
    return (2 * CounterRandom.uniform(~key, i) - 1) * (float) Math.scalb(1.0, exponent);
  }

  /** n shorts at byte {@code offset}: every bit pattern is a bfloat16. */
  MemorySegment shorts(Arena arena, int number, long offset, int n) {
    MemorySegment memory = arena.allocate(offset + 2L * n + MARGIN, 64);
    long key = CounterRandom.key(seed, STREAM, number);
    for (int i = 0; i < n; i++) {
      memory.set(ValueLayout.JAVA_SHORT, offset + 2L * i, (short) CounterRandom.bits(key, i));
    }
    return memory;
  }
}
