/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.kernel;

/**
 * Floats of 8 bits, in blocks with a common base: the upper 11 bits of a float32 (8 of exponent, 3 of fraction), less
 * the base.
 *
 * <p>Code k of a block with base b is the float32 with the bits (k + b) 2^20; 0 is 0, and the two largest codes are
 * infinity and NaN. A block without a value below 0 has codes from 0 to 255 and so spans 253 / 8 powers of two; the
 * others have a sign and codes from 0 to 127, 125 / 8 powers of two. The base puts the largest finite value at the top.
 *
 * <p>Error of a rounding, relative: at most 2^-3 stochastic, 2^-4 nearest. Values too small for the block become its
 * smallest or, where there is a sign, 0 or its smallest with the probability that keeps the mean; without a sign no
 * value above 0 becomes 0. Thread-safe.
 *
 * <p>Rows are <em>packed</em>: of every 64 columns, i, 16 + i, 32 + i and 48 + i are the bytes of one int, lowest
 * first; what is left of the row, fewer than 64 columns, lies one after the other.
 */
public final class Float8 {
  /** Columns with a common base; a row's last block may have fewer. */
  public static final int BLOCK = 256;

  /** Columns that are packed together. */
  public static final int GROUP = 64;

  /** Ints in a packed group. */
  public static final int LANES = GROUP / Integer.BYTES;

  /** The bits of a float32 that are cut off. */
  public static final int CUT = 20;

  /** Noise of {@link Kernels#encodeNearest}: one half, of 2^16. */
  public static final int HALF = 1 << 15;

  private static final int SIGNED = 0x4000;
  private static final int MAGNITUDE = Integer.MAX_VALUE;
  private static final int INFINITE_BITS = 0x7F80_0000;
  private static final int LARGEST = (INFINITE_BITS >>> CUT) - 1;

  private Float8() {}

  /** Columns of a packed run of {@code n} that lie in groups. */
  public static int grouped(int n) {
    return n & -GROUP;
  }

  /** Number of blocks of a row. */
  public static long blocks(long columns) {
    return Math.ceilDiv(columns, (long) BLOCK);
  }

  /**
   * What a block's codes are relative to.
   *
   * @param largest bits of the largest finite magnitude; 0 if there is none
   * @param isSigned whether a value is below 0
   */
  public static short header(int largest, boolean isSigned) {
    int rounded = Math.min(LARGEST, (largest + (1 << CUT) - 1) >>> CUT);
    int base = Math.max(0, rounded - infinity(isSigned) + 1);
    return (short) (isSigned ? base | SIGNED : base);
  }

  /** Whether codes have a sign, in their upper bit. */
  public static boolean isSigned(short header) {
    return (header & SIGNED) != 0;
  }

  /** The base, at least 0. */
  public static int base(short header) {
    return header & (SIGNED - 1);
  }

  /** The code of infinity; that of NaN is the next. */
  public static int infinity(boolean isSigned) {
    return isSigned ? 126 : 254;
  }

  /** The smallest magnitude above 0, over 2^16: what a unit of noise is worth to smaller values. */
  public static float unit(short header) {
    return Float.intBitsToFloat((1 + base(header)) << CUT) * 0x1.0p-16f;
  }

  static float decode(byte code, short header) {
    boolean isSigned = isSigned(header);
    int magnitude = isSigned ? code & 0x7F : code & 0xFF;
    int sign = isSigned ? code << 24 & ~MAGNITUDE : 0;
    if (magnitude >= infinity(isSigned)) {
      return magnitude > infinity(isSigned) ? Float.NaN : Float.intBitsToFloat(INFINITE_BITS | sign);
    }
    return magnitude == 0 ? 0 : Float.intBitsToFloat((magnitude + base(header)) << CUT | sign);
  }

  /**
   * The code of a value.
   *
   * @param noise from 0 to 65535: how much is added before the cut, over 2^16
   * @param unit {@link #unit} of the header
   */
  static byte encode(float value, short header, int noise, float unit) {
    boolean isSigned = isSigned(header);
    int bits = Float.floatToRawIntBits(value);
    int magnitude = bits & MAGNITUDE;
    if (magnitude > INFINITE_BITS) {
      return (byte) (infinity(isSigned) + 1);
    }
    int code;
    if (magnitude == INFINITE_BITS) {
      code = infinity(isSigned);
    } else if (magnitude == 0) {
      code = 0;
    } else {
      boolean isBelowCodes = (magnitude >>> CUT) <= base(header);
      code = isBelowCodes
          ? isSigned && Float.intBitsToFloat(magnitude) <= noise * unit ? 0 : 1
          : Math.min(((magnitude + (noise << 4)) >>> CUT) - base(header), infinity(isSigned) - 1);
    }
    return (byte) (isSigned && bits < 0 && code > 0 ? code | 0x80 : code);
  }

  /** Byte offset of the code of column {@code i} in a group. */
  static long packedOffset(int i) {
    return (i & -GROUP) + Integer.BYTES * (long) (i % LANES) + i % GROUP / LANES;
  }

  /** The noise of column {@code i} of a group: two share a hash. */
  static int packedNoise(int key, int i) {
    int quarter = i % GROUP / LANES;
    int hash = Bfloat16.noise(key + (i & -GROUP) / 2 + quarter / 2 * LANES + i % LANES);
    return quarter % 2 == 0 ? hash & 0xFFFF : hash >>> 16;
  }
}
