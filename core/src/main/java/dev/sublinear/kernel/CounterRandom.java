/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * Random numbers as a pure function of (seed, stream, step, index).
 *
 * <p>There is no state to save: a resumed run asks the same four questions and gets the same answers, in any order and
 * from any thread. Each argument is absorbed by the 64-bit finaliser of SplitMix64 (Steele, Lea, Flood, 2014), so
 * neighbouring seeds, steps and indices give unrelated bits. Not for cryptography.
 *
 * <p>Exact: the bits are part of the checkpoint format and never change. Thread-safe: no state.
 */
public final class CounterRandom {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private CounterRandom() {}

  /** Mixes all 64 bits of {@code z} into all 64 bits of the result; a bijection (SplitMix64's finaliser). */
  public static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** The number of a named stream: the 64-bit FNV-1a hash of the UTF-8 bytes of {@code name}, mixed. */
  public static long stream(String name) {
    long hash = 0xCBF29CE484222325L;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
    }
    return mix(hash);
  }

  /** The key of all indices of one (seed, stream, step); pass it to {@link #bits(long, long)}. */
  public static long key(long seed, long stream, long step) {
    return mix(mix(mix(seed + GOLDEN_GAMMA) ^ stream) + (step + 1) * GOLDEN_GAMMA);
  }

  /** 64 random bits of {@code index} under {@code key}. */
  public static long bits(long key, long index) {
    return mix(key + (index + 1) * GOLDEN_GAMMA);
  }

  /** A uniform float in [0, 1) with 24 random bits. */
  public static float uniform(long key, long index) {
    return (bits(key, index) >>> 40) * 0x1.0p-24f;
  }

  /** A uniform double in [0, 1) with 53 random bits. */
  public static double uniformDouble(long key, long index) {
    return (bits(key, index) >>> 11) * 0x1.0p-53;
  }

  /**
   * A uniform integer in [0, bound) by multiply-shift; the bias is below bound / 2^64.
   *
   * @throws IllegalArgumentException if {@code bound} is not positive
   */
  public static long below(long key, long index, long bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound " + bound + ": must be > 0");
    }
    return Math.unsignedMultiplyHigh(bits(key, index), bound);
  }

  /**
   * Fills float32 {@code data} with uniform numbers in [low, high).
   *
   * <p>Element i depends on (seed, stream, i) alone.
   */
  public static void fillUniform(MemorySegment data, long seed, long stream, float low, float high) {
    long key = key(seed, stream, 0);
    long n = data.byteSize() / Float.BYTES;
    for (long i = 0; i < n; i++) {
      data.setAtIndex(ValueLayout.JAVA_FLOAT, i, low + (high - low) * uniform(key, i));
    }
  }
}
