/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.kernel;

/**
 * bfloat16: the upper 16 bits of a float32, 8 significant bits.
 *
 * <p>Relative error of a rounding: at most 2^-8 stochastic, 2^-9 nearest. Infinities stay, NaN stays NaN. Thread-safe.
 *
 * <p>Rows of bfloat16 are <em>packed</em>: of every 32 columns, column i and column 16 + i are the low and the high
 * half of one int, so that whole vectors are widened by a shift and a mask; what is left of the row, fewer than 32
 * columns, lies one after the other. A run of columns in such a row starts at a multiple of 32.
 */
public final class Bfloat16 {
  /** Set in the result of a NaN so that cutting off the payload cannot turn it into an infinity. */
  private static final int QUIET = 0x0040_0000;

  /** Columns that are packed together. */
  public static final int GROUP = 32;

  /** Pairs in a group, and the distance between the two columns of a pair. */
  public static final int PAIRS = GROUP / 2;

  private Bfloat16() {}

  /** The float32 with the same value; exact. */
  public static float toFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** Rounds away from zero if the cut-off 16 bits plus {@code noise} (0 to 65535) carry. */
  public static short round(float value, int noise) {
    int bits = Float.floatToRawIntBits(value);
    return (short) ((Float.isNaN(value) ? bits | QUIET : bits + noise) >>> 16);
  }

  /** The nearest bfloat16, ties to even. */
  public static short nearest(float value) {
    int bits = Float.floatToRawIntBits(value);
    return round(value, 0x7FFF + ((bits >>> 16) & 1));
  }

  /** 32 random bits of a 32-bit counter, two noises (the finaliser of MurmurHash3, Appleby 2011). */
  public static int noise(int counter) {
    int h = counter;
    h = (h ^ (h >>> 16)) * 0x85EBCA6B;
    h = (h ^ (h >>> 13)) * 0xC2B2AE35;
    return h ^ (h >>> 16);
  }

  /** Columns of a packed run of {@code n} that lie in pairs. */
  public static int grouped(int n) {
    return n & -GROUP;
  }

  /** Byte offset of the pair that column {@code i} is in. */
  static long pairOffset(int i) {
    return Short.BYTES * (long) (i & -GROUP) + Integer.BYTES * (long) (i % PAIRS);
  }

  /** Whether column {@code i} is the low half of its pair; the high half is column {@code i + PAIRS}. */
  static boolean isLow(int i) {
    return (i & PAIRS) == 0;
  }

  static float low(int pair) {
    return Float.intBitsToFloat(pair << 16);
  }

  static float high(int pair) {
    return Float.intBitsToFloat(pair & 0xFFFF_0000);
  }

  static int pair(short low, short high) {
    return high << 16 | low & 0xFFFF;
  }
}
