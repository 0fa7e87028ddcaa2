/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.kernel;

/**
 * bfloat16: the upper 16 bits of a float32, 8 significant bits.
 *
 * <p>Relative error of a rounding: at most 2^-8 stochastic, 2^-9 nearest. Infinities stay, NaN stays NaN. Thread-safe.
 */
public final class Bfloat16 {
  /** Set in the result of a NaN so that cutting off the payload cannot turn it into an infinity. */
  private static final int QUIET = 0x0040_0000;

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

  /** 16 random bits of a 32-bit counter (the finaliser of MurmurHash3, Appleby 2011). */
  public static int noise(int counter) {
    int h = counter;
    h = (h ^ (h >>> 16)) * 0x85EBCA6B;
    h = (h ^ (h >>> 13)) * 0xC2B2AE35;
    return (h ^ (h >>> 16)) & 0xFFFF;
  }
}
