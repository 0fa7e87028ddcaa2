/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.simd;

import dev.sublinear.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels with the Vector API, in the machine's preferred width; bit for bit the scalar ones.
 *
 * <p>Every method runs whole vectors and leaves the tail, fewer elements than lanes, to the scalar default. Thread-safe.
 */
public final class SimdKernels implements Kernels {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));
  private static final int WIDTH = FLOATS.length();
  private static final int BYTES = WIDTH * Float.BYTES;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final IntVector IOTA = IntVector.zero(INTS).addIndex(1);

  /** For the service loader. */
  public SimdKernels() {}

  @Override
  public String name() {
    return "simd-" + FLOATS.vectorBitSize();
  }

  private static FloatVector load(MemorySegment x, long offset) {
    return FloatVector.fromMemorySegment(FLOATS, x, offset, ORDER);
  }

  /** Number of elements that fill whole vectors. */
  private static int whole(int n) {
    return n & -WIDTH;
  }

  @Override
  public void square(MemorySegment x, long xo, MemorySegment out, long oo, int n) {
    int whole = whole(n);
    for (long b = 0; b < 4L * whole; b += BYTES) {
      FloatVector value = load(x, xo + b);
      value.mul(value).intoMemorySegment(out, oo + b, ORDER);
    }
    if (whole < n) {
      Kernels.super.square(x, xo + 4L * whole, out, oo + 4L * whole, n - whole);
    }
  }

  @Override
  public void decayAdd(MemorySegment s, long so, int n, float decay, float scale, MemorySegment x, long xo,
      MemorySegment out, long oo) {
    int whole = whole(n);
    for (long b = 0; b < 4L * whole; b += BYTES) {
      FloatVector value = load(s, so + b).mul(decay).add(load(x, xo + b).mul(scale));
      value.intoMemorySegment(s, so + b, ORDER);
      value.intoMemorySegment(out, oo + b, ORDER);
    }
    if (whole < n) {
      long skip = 4L * whole;
      Kernels.super.decayAdd(s, so + skip, n - whole, decay, scale, x, xo + skip, out, oo + skip);
    }
  }

  @Override
  public void maximum(MemorySegment s, long so, int n, MemorySegment x, long xo, MemorySegment out, long oo) {
    int whole = whole(n);
    for (long b = 0; b < 4L * whole; b += BYTES) {
      FloatVector value = load(s, so + b).max(load(x, xo + b));
      value.intoMemorySegment(s, so + b, ORDER);
      value.intoMemorySegment(out, oo + b, ORDER);
    }
    if (whole < n) {
      long skip = 4L * whole;
      Kernels.super.maximum(s, so + skip, n - whole, x, xo + skip, out, oo + skip);
    }
  }

  @Override
  public void addScaled(MemorySegment target, long to, int n, float factor, MemorySegment x, long xo) {
    int whole = whole(n);
    for (long b = 0; b < 4L * whole; b += BYTES) {
      load(target, to + b).add(load(x, xo + b).mul(factor)).intoMemorySegment(target, to + b, ORDER);
    }
    if (whole < n) {
      Kernels.super.addScaled(target, to + 4L * whole, n - whole, factor, x, xo + 4L * whole);
    }
  }

  @Override
  public void combine(float a, MemorySegment x, long xo, float b, MemorySegment y, long yo, MemorySegment out,
      long oo, int n) {
    int whole = whole(n);
    for (long i = 0; i < 4L * whole; i += BYTES) {
      load(x, xo + i).mul(a).add(load(y, yo + i).mul(b)).intoMemorySegment(out, oo + i, ORDER);
    }
    if (whole < n) {
      long skip = 4L * whole;
      Kernels.super.combine(a, x, xo + skip, b, y, yo + skip, out, oo + skip, n - whole);
    }
  }

  @Override
  public void scale(MemorySegment target, long to, long n, float factor) {
    long whole = n & -WIDTH;
    for (long b = 0; b < 4 * whole; b += BYTES) {
      load(target, to + b).mul(factor).intoMemorySegment(target, to + b, ORDER);
    }
    if (whole < n) {
      Kernels.super.scale(target, to + 4 * whole, n - whole, factor);
    }
  }

  @Override
  public void fill(MemorySegment out, long oo, int n, float value) {
    FloatVector vector = FloatVector.broadcast(FLOATS, value);
    int whole = whole(n);
    for (long b = 0; b < 4L * whole; b += BYTES) {
      vector.intoMemorySegment(out, oo + b, ORDER);
    }
    if (whole < n) {
      Kernels.super.fill(out, oo + 4L * whole, n - whole, value);
    }
  }

  @Override
  public void adaptiveStep(MemorySegment theta, long to, int n, float step, MemorySegment m, long mo, MemorySegment v,
      long vo, float rootScale, float epsilon, float limit) {
    float slack = limit == Float.MAX_VALUE ? Float.MAX_VALUE : 0;
    int whole = whole(n);
    for (long b = 0; b < 4L * whole; b += BYTES) {
      FloatVector root = load(v, vo + b).sqrt();
      FloatVector bound = root.mul(limit).add(slack);
      FloatVector numerator = bound.neg().max(bound.min(load(m, mo + b)));
      FloatVector denominator = root.mul(rootScale).add(epsilon);
      VectorMask<Float> zero = numerator.compare(VectorOperators.EQ, 0);
      FloatVector ratio = numerator.div(denominator).blend(numerator, zero);
      load(theta, to + b).sub(ratio.mul(step)).intoMemorySegment(theta, to + b, ORDER);
    }
    if (whole < n) {
      long skip = 4L * whole;
      Kernels.super.adaptiveStep(theta, to + skip, n - whole, step, m, mo + skip, v, vo + skip, rootScale, epsilon,
          limit);
    }
  }

  @Override
  public void median(MemorySegment cells, long[] offsets, float[] signs, int depth, MemorySegment out, long oo,
      int n) {
    int whole = depth == 3 ? whole(n) : 0;
    if (whole > 0) {
      long o0 = offsets[0];
      long o1 = offsets[1];
      long o2 = offsets[2];
      for (long i = 0; i < 4L * whole; i += BYTES) {
        FloatVector a = load(cells, o0 + i).mul(signs[0]);
        FloatVector b = load(cells, o1 + i).mul(signs[1]);
        FloatVector c = load(cells, o2 + i).mul(signs[2]);
        a.min(b).max(a.max(b).min(c)).intoMemorySegment(out, oo + i, ORDER);
      }
    }
    if (whole < n) {
      for (int j = 0; j < depth; j++) {
        offsets[j] += 4L * whole;
      }
      Kernels.super.median(cells, offsets, signs, depth, out, oo + 4L * whole, n - whole);
      for (int j = 0; j < depth; j++) {
        offsets[j] -= 4L * whole;
      }
    }
  }

  @Override
  public void minimum(MemorySegment cells, long[] offsets, int depth, MemorySegment out, long oo, int n) {
    int whole = whole(n);
    for (long i = 0; i < 4L * whole; i += BYTES) {
      FloatVector value = load(cells, offsets[0] + i);
      for (int j = 1; j < depth; j++) {
        value = value.min(load(cells, offsets[j] + i));
      }
      value.intoMemorySegment(out, oo + i, ORDER);
    }
    if (whole < n) {
      for (int j = 0; j < depth; j++) {
        offsets[j] += 4L * whole;
      }
      Kernels.super.minimum(cells, offsets, depth, out, oo + 4L * whole, n - whole);
      for (int j = 0; j < depth; j++) {
        offsets[j] -= 4L * whole;
      }
    }
  }

  @Override
  public void widen(MemorySegment x, long xo, MemorySegment out, long oo, int n) {
    int whole = whole(n);
    for (long i = 0; i < whole; i += WIDTH) {
      ShortVector bits = ShortVector.fromMemorySegment(SHORTS, x, xo + 2 * i, ORDER);
      IntVector wide = (IntVector) bits.convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
      wide.lanewise(VectorOperators.LSHL, 16).intoMemorySegment(out, oo + 4 * i, ORDER);
    }
    if (whole < n) {
      Kernels.super.widen(x, xo + 2L * whole, out, oo + 4L * whole, n - whole);
    }
  }

  @Override
  public void roundStochastic(MemorySegment x, long xo, MemorySegment out, long oo, int n, int key) {
    int whole = whole(n);
    for (int i = 0; i < whole; i += WIDTH) {
      IntVector h = IOTA.add(key + i);
      h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16)).mul(0x85EBCA6B);
      h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 13)).mul(0xC2B2AE35);
      h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16)).and(0xFFFF);
      store(load(x, xo + 4L * i), h, out, oo + 2L * i);
    }
    if (whole < n) {
      Kernels.super.roundStochastic(x, xo + 4L * whole, out, oo + 2L * whole, n - whole, key + whole);
    }
  }

  @Override
  public void roundNearest(MemorySegment x, long xo, MemorySegment out, long oo, int n) {
    int whole = whole(n);
    for (int i = 0; i < whole; i += WIDTH) {
      FloatVector value = load(x, xo + 4L * i);
      IntVector odd = value.reinterpretAsInts().lanewise(VectorOperators.LSHR, 16).and(1);
      store(value, odd.add(0x7FFF), out, oo + 2L * i);
    }
    if (whole < n) {
      Kernels.super.roundNearest(x, xo + 4L * whole, out, oo + 2L * whole, n - whole);
    }
  }

  private static void store(FloatVector value, IntVector noise, MemorySegment out, long offset) {
    IntVector bits = value.reinterpretAsInts();
    VectorMask<Integer> nan = value.test(VectorOperators.IS_NAN).cast(INTS);
    IntVector rounded = bits.add(noise).blend(bits.or(0x0040_0000), nan).lanewise(VectorOperators.LSHR, 16);
    rounded.convertShape(VectorOperators.I2S, SHORTS, 0).reinterpretAsShorts().intoMemorySegment(out, offset, ORDER);
  }

  @Override
  public float sumOfSquares(MemorySegment x, long xo, int n) {
    return switch (WIDTH) {
      case LANES -> sumInOne(x, xo, n);
      case LANES / 2 -> sumInTwo(x, xo, n);
      default -> Kernels.super.sumOfSquares(x, xo, n);
    };
  }

  private static float sumInOne(MemorySegment x, long xo, int n) {
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int i = 0; i < n; i += LANES) {
      sum = sum.add(squareOrZero(x, xo, i, n));
    }
    return fold(sum, LANES / 2);
  }

  private static float sumInTwo(MemorySegment x, long xo, int n) {
    FloatVector low = FloatVector.zero(FLOATS);
    FloatVector high = FloatVector.zero(FLOATS);
    for (int i = 0; i < n; i += LANES) {
      low = low.add(squareOrZero(x, xo, i, n));
      high = high.add(squareOrZero(x, xo, i + WIDTH, n));
    }
    return fold(low.add(high), LANES / 4);
  }

  /** Lanes behind the end are 0, which leaves a sum of squares as it is. */
  private static FloatVector squareOrZero(MemorySegment x, long xo, int i, int n) {
    FloatVector value = i + WIDTH <= n
        ? load(x, xo + 4L * i)
        : FloatVector.fromMemorySegment(FLOATS, x, xo + 4L * i, ORDER, FLOATS.indexInRange(i, n));
    return value.mul(value);
  }

  private static float fold(FloatVector sum, int half) {
    FloatVector folded = sum;
    for (int apart = half; apart > 0; apart /= 2) {
      folded = folded.add(folded.rearrange(VectorShuffle.iota(FLOATS, apart, 1, true)));
    }
    return folded.lane(0);
  }
}
