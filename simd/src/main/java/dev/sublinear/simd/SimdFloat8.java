/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.simd;

import dev.sublinear.kernel.Float8;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The passes over blocks of {@link Float8}, for whole packed groups; {@link SimdKernels} calls them and does the rest.
 */
final class SimdFloat8 {
  private static final VectorSpecies<Integer> INTS = SimdKernels.INTS;
  private static final int WIDTH = SimdKernels.WIDTH;
  private static final ByteOrder ORDER = SimdKernels.ORDER;
  private static final IntVector IOTA = SimdKernels.IOTA;
  private static final int MAGNITUDE = Integer.MAX_VALUE;
  private static final int SIGN = Integer.MIN_VALUE;
  private static final int INFINITE_BITS = 0x7F80_0000;
  private static final int NAN_BITS = 0x7FC0_0000;
  private static final int BYTES_OF_INT = 4;

  private SimdFloat8() {}

  static void decode(MemorySegment codes, long co, short header, MemorySegment out, long oo, int whole) {
    boolean isSigned = Float8.isSigned(header);
    int ofSign = isSigned ? SIGN : 0;
    int ofMagnitude = isSigned ? 0x7F : 0xFF;
    int infinity = Float8.infinity(isSigned);
    int base = Float8.base(header);
    for (int i = 0; i < whole; i += Float8.GROUP) {
      for (int k = 0; k < Float8.LANES; k += WIDTH) {
        IntVector packed = IntVector.fromMemorySegment(INTS, codes, co + i + (long) BYTES_OF_INT * k, ORDER);
        for (int quarter = 0; quarter < BYTES_OF_INT; quarter++) {
          IntVector code = packed.lanewise(VectorOperators.LSHR, 8 * quarter);
          IntVector magnitude = code.and(ofMagnitude);
          IntVector bits = magnitude.add(base).lanewise(VectorOperators.LSHL, Float8.CUT);
          bits = bits.blend(INFINITE_BITS, magnitude.compare(VectorOperators.EQ, infinity));
          bits = bits.or(code.lanewise(VectorOperators.LSHL, 24).and(ofSign));
          bits = bits.blend(0, magnitude.compare(VectorOperators.EQ, 0));
          bits = bits.blend(NAN_BITS, magnitude.compare(VectorOperators.GT, infinity));
          bits.intoMemorySegment(out, oo + 4L * (i + Float8.LANES * quarter + k), ORDER);
        }
      }
    }
  }

  static short header(MemorySegment x, long xo, int n) {
    IntVector most = IntVector.zero(INTS);
    IntVector negative = IntVector.zero(INTS);
    for (int i = 0; i < n; i += WIDTH) { // lanes behind the end are 0, which changes nothing
      IntVector bits = i + WIDTH <= n
          ? IntVector.fromMemorySegment(INTS, x, xo + 4L * i, ORDER)
          : IntVector.fromMemorySegment(INTS, x, xo + 4L * i, ORDER, INTS.indexInRange(i, n));
      IntVector magnitude = bits.and(MAGNITUDE);
      most = most.max(magnitude.blend(0, magnitude.compare(VectorOperators.GE, INFINITE_BITS)));
      // The upper bit is set if the value is below 0: of -0 the magnitude has none to negate, and NaN is left out.
      negative = negative.or(bits.and(magnitude.neg()).blend(0, magnitude.compare(VectorOperators.GT, INFINITE_BITS)));
    }
    return Float8.header(most.reduceLanes(VectorOperators.MAX), negative.reduceLanes(VectorOperators.OR) < 0);
  }

  static void encodeStochastic(MemorySegment x, long xo, MemorySegment codes, long co, short header, int whole,
      int key) {
    boolean isSigned = Float8.isSigned(header);
    int ofSign = isSigned ? 0x80 : 0;
    int infinity = Float8.infinity(isSigned);
    int base = Float8.base(header);
    float unit = isSigned ? Float8.unit(header) : 0;
    for (int i = 0; i < whole; i += Float8.GROUP) {
      for (int k = 0; k < Float8.LANES; k += WIDTH) {
        IntVector packed = IntVector.zero(INTS);
        IntVector h = IntVector.zero(INTS);
        for (int quarter = 0; quarter < BYTES_OF_INT; quarter++) {
          if (quarter % 2 == 0) {
            h = IOTA.add(key + i / 2 + quarter / 2 * Float8.LANES + k);
            h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16)).mul(0x85EBCA6B);
            h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 13)).mul(0xC2B2AE35);
            h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16));
          } else {
            h = h.lanewise(VectorOperators.LSHR, 16);
          }
          IntVector noise = h.and(0xFFFF);
          IntVector bits =
              IntVector.fromMemorySegment(INTS, x, xo + 4L * (i + Float8.LANES * quarter + k), ORDER);
          IntVector magnitude = bits.and(MAGNITUDE);
          IntVector code = magnitude.add(noise.lanewise(VectorOperators.LSHL, 4)).lanewise(VectorOperators.LSHR,
              Float8.CUT).sub(base).min(infinity - 1);
          FloatVector bound = ((FloatVector) noise.convert(VectorOperators.I2F, 0)).mul(unit);
          VectorMask<Integer> stays = magnitude.reinterpretAsFloats().compare(VectorOperators.GT, bound).cast(INTS);
          VectorMask<Integer> isBelowCodes =
              magnitude.lanewise(VectorOperators.LSHR, Float8.CUT).compare(VectorOperators.LE, base);
          code = code.blend(IntVector.zero(INTS).blend(1, stays), isBelowCodes);
          code = code.blend(0, magnitude.compare(VectorOperators.EQ, 0));
          code = code.blend(infinity, magnitude.compare(VectorOperators.EQ, INFINITE_BITS));
          IntVector sign = bits.lanewise(VectorOperators.LSHR, 24).and(ofSign);
          code = code.or(sign.blend(0, code.compare(VectorOperators.EQ, 0)));
          code = code.blend(infinity + 1, magnitude.compare(VectorOperators.GT, INFINITE_BITS));
          packed = packed.or(code.lanewise(VectorOperators.LSHL, 8 * quarter));
        }
        packed.intoMemorySegment(codes, co + i + (long) BYTES_OF_INT * k, ORDER);
      }
    }
  }
}
