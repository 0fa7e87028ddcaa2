/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.simd;

import dev.sublinear.kernel.Bfloat16;
import dev.sublinear.kernel.Float8;
import dev.sublinear.kernel.Kernels;
import dev.sublinear.kernel.RowCells;
import dev.sublinear.kernel.Scratch;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels with the Vector API, in the machine's preferred width; bit for bit the scalar ones.
 *
 * <p>Every method runs whole vectors and leaves the tail, fewer elements than lanes, to the scalar default.
 * Thread-safe.
 *
 * <p>No vector is passed to or returned from a method of this module: where the compiler happens not to inline such a
 * method (a one-line {@code load} was the case in about one JVM of five), it makes an object of every vector, for good.
 */
public final class SimdKernels implements Kernels {
  /** The preferred width, but no more lanes than a group of packed bfloat16 has pairs. */
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED.length() > Bfloat16.PAIRS
      ? FloatVector.SPECIES_512
      : FloatVector.SPECIES_PREFERRED;
  static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);
  static final int WIDTH = FLOATS.length();
  static final int BYTES = WIDTH * Float.BYTES;
  static final ByteOrder ORDER = ByteOrder.nativeOrder();
  /** Set in the result of a NaN so that cutting off the payload cannot turn it into an infinity. */
  private static final int QUIET = 0x0040_0000;

  /** The upper halves of pairs of packed bfloat16. */
  static final int HIGH = 0xFFFF_0000;

  static final IntVector IOTA = IntVector.zero(INTS).addIndex(1);

  /** For the service loader. */
  public SimdKernels() {}

  @Override
  public String name() {
    return "simd-" + FLOATS.vectorBitSize();
  }

  /** Number of elements that fill whole vectors. */
  static int whole(int n) {
    return n & -WIDTH;
  }

  @Override
  public void square(MemorySegment x, long xo, MemorySegment out, long oo, int n) {
    int whole = whole(n);
    for (long b = 0; b < 4L * whole; b += BYTES) {
      FloatVector value = FloatVector.fromMemorySegment(FLOATS, x, xo + b, ORDER);
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
      FloatVector value = FloatVector.fromMemorySegment(FLOATS, s, so + b, ORDER).mul(decay)
          .add(FloatVector.fromMemorySegment(FLOATS, x, xo + b, ORDER).mul(scale));
      value.intoMemorySegment(s, so + b, ORDER);
      value.intoMemorySegment(out, oo + b, ORDER);
    }
    if (whole < n) {
      long skip = 4L * whole;
      Kernels.super.decayAdd(s, so + skip, n - whole, decay, scale, x, xo + skip, out, oo + skip);
    }
  }

  @Override
  public void decayAddSquare(MemorySegment s, long so, int n, float decay, float scale, MemorySegment x, long xo) {
    int whole = whole(n);
    for (long b = 0; b < 4L * whole; b += BYTES) {
      FloatVector value = FloatVector.fromMemorySegment(FLOATS, x, xo + b, ORDER);
      FloatVector.fromMemorySegment(FLOATS, s, so + b, ORDER).mul(decay).add(value.mul(value).mul(scale))
          .intoMemorySegment(s, so + b, ORDER);
    }
    if (whole < n) {
      Kernels.super.decayAddSquare(s, so + 4L * whole, n - whole, decay, scale, x, xo + 4L * whole);
    }
  }

  @Override
  public void maximum(MemorySegment s, long so, int n, MemorySegment x, long xo, MemorySegment out, long oo) {
    int whole = whole(n);
    for (long b = 0; b < 4L * whole; b += BYTES) {
      FloatVector value = FloatVector.fromMemorySegment(FLOATS, s, so + b, ORDER)
          .max(FloatVector.fromMemorySegment(FLOATS, x, xo + b, ORDER));
      value.intoMemorySegment(s, so + b, ORDER);
      value.intoMemorySegment(out, oo + b, ORDER);
    }
    if (whole < n) {
      long skip = 4L * whole;
      Kernels.super.maximum(s, so + skip, n - whole, x, xo + skip, out, oo + skip);
    }
  }

  @Override
  public float decayAddBounded(float row, MemorySegment bound, long bo, MemorySegment greatest, long to, int n,
      float decay, float scale, MemorySegment x, long xo, MemorySegment out, long oo) {
    return SimdBounds.decayAdd(row, bound, bo, greatest, to, n, decay, scale, x, xo, out, oo);
  }

  @Override
  public float adaptiveStepBounded(MemorySegment theta, long to, int n, float step, MemorySegment g, long go, float row,
      MemorySegment runs, long bo, long mo, float decay, float scale, float epsilon, float limit) {
    return SimdBounds.adaptiveStep(theta, to, n, step, g, go, row, runs, bo, mo, decay, scale, epsilon, limit);
  }

  @Override
  public void addScaled(MemorySegment target, long to, int n, float factor, MemorySegment x, long xo) {
    int whole = whole(n);
    for (long b = 0; b < 4L * whole; b += BYTES) {
      FloatVector.fromMemorySegment(FLOATS, target, to + b, ORDER)
          .add(FloatVector.fromMemorySegment(FLOATS, x, xo + b, ORDER).mul(factor))
          .intoMemorySegment(target, to + b, ORDER);
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
      FloatVector.fromMemorySegment(FLOATS, x, xo + i, ORDER).mul(a)
          .add(FloatVector.fromMemorySegment(FLOATS, y, yo + i, ORDER).mul(b)).intoMemorySegment(out, oo + i, ORDER);
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
      FloatVector.fromMemorySegment(FLOATS, target, to + b, ORDER).mul(factor).intoMemorySegment(target, to + b, ORDER);
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
    float slack = Kernels.slack(limit);
    int whole = whole(n);
    for (long b = 0; b < 4L * whole; b += BYTES) {
      FloatVector root = FloatVector.fromMemorySegment(FLOATS, v, vo + b, ORDER).sqrt();
      FloatVector bound = root.mul(limit).add(slack);
      FloatVector first = FloatVector.fromMemorySegment(FLOATS, m, mo + b, ORDER);
      FloatVector numerator = first.blend(bound, bound.compare(VectorOperators.LT, first));
      numerator = numerator.blend(bound.neg(), bound.neg().compare(VectorOperators.GT, numerator));
      FloatVector denominator = root.mul(rootScale).add(epsilon);
      VectorMask<Float> zero = numerator.compare(VectorOperators.EQ, 0);
      FloatVector ratio = numerator.div(denominator).blend(numerator, zero);
      FloatVector.fromMemorySegment(FLOATS, theta, to + b, ORDER).sub(ratio.mul(step)).intoMemorySegment(theta, to + b,
          ORDER);
    }
    if (whole < n) {
      long skip = 4L * whole;
      Kernels.super.adaptiveStep(theta, to + skip, n - whole, step, m, mo + skip, v, vo + skip, rootScale, epsilon,
          limit);
    }
  }

  @Override
  public void adam(MemorySegment theta, long to, int n, MemorySegment g, long go, MemorySegment m, long mo,
      float decayM, float scaleM, MemorySegment v, long vo, float decayV, float scaleV, float step, float rootScale,
      float epsilon, float limit) {
    float slack = Kernels.slack(limit);
    int whole = whole(n);
    for (long b = 0; b < 4L * whole; b += BYTES) {
      FloatVector gradient = FloatVector.fromMemorySegment(FLOATS, g, go + b, ORDER);
      FloatVector first = FloatVector.fromMemorySegment(FLOATS, m, mo + b, ORDER).mul(decayM).add(gradient.mul(scaleM));
      FloatVector second =
          FloatVector.fromMemorySegment(FLOATS, v, vo + b, ORDER).mul(decayV).add(gradient.mul(gradient).mul(scaleV));
      first.intoMemorySegment(m, mo + b, ORDER);
      second.intoMemorySegment(v, vo + b, ORDER);
      FloatVector root = second.sqrt();
      FloatVector bound = root.mul(limit).add(slack);
      FloatVector numerator = first.blend(bound, bound.compare(VectorOperators.LT, first));
      numerator = numerator.blend(bound.neg(), bound.neg().compare(VectorOperators.GT, numerator));
      FloatVector denominator = root.mul(rootScale).add(epsilon);
      VectorMask<Float> zero = numerator.compare(VectorOperators.EQ, 0);
      FloatVector ratio = numerator.div(denominator).blend(numerator, zero);
      FloatVector.fromMemorySegment(FLOATS, theta, to + b, ORDER).sub(ratio.mul(step)).intoMemorySegment(theta, to + b,
          ORDER);
    }
    if (whole < n) {
      long skip = 4L * whole;
      Kernels.super.adam(theta, to + skip, n - whole, g, go + skip, m, mo + skip, decayM, scaleM, v, vo + skip, decayV,
          scaleV, step, rootScale, epsilon, limit);
    }
  }

  @Override
  public void adaptiveStep(MemorySegment theta, long to, int n, float step, MemorySegment m, long mo, float v,
      float rootScale, float epsilon, float limit) {
    FloatVector root = FloatVector.broadcast(FLOATS, v).sqrt();
    FloatVector bound = root.mul(limit).add(Kernels.slack(limit));
    FloatVector least = bound.neg();
    FloatVector denominator = root.mul(rootScale).add(epsilon);
    int whole = whole(n);
    for (long b = 0; b < 4L * whole; b += BYTES) {
      FloatVector first = FloatVector.fromMemorySegment(FLOATS, m, mo + b, ORDER);
      FloatVector numerator = first.blend(bound, bound.compare(VectorOperators.LT, first));
      numerator = numerator.blend(least, least.compare(VectorOperators.GT, numerator));
      VectorMask<Float> zero = numerator.compare(VectorOperators.EQ, 0);
      FloatVector ratio = numerator.div(denominator).blend(numerator, zero);
      FloatVector.fromMemorySegment(FLOATS, theta, to + b, ORDER).sub(ratio.mul(step)).intoMemorySegment(theta, to + b,
          ORDER);
    }
    if (whole < n) {
      long skip = 4L * whole;
      Kernels.super.adaptiveStep(theta, to + skip, n - whole, step, m, mo + skip, v, rootScale, epsilon, limit);
    }
  }

  @Override
  public void updateSketch(MemorySegment cells, RowCells row, int n, MemorySegment x, long xo, MemorySegment out,
      long oo, Scratch scratch) {
    int done = row.isPacked
        ? SimdPackedSketches.update(cells, row, Bfloat16.grouped(n), x, xo, out, oo)
        : SimdSketches.update(cells, row, whole(n), x, xo, out, oo);
    if (done < n) {
      row.advance(done);
      Kernels.super.updateSketch(cells, row, n - done, x, xo + 4L * done, out, oo + 4L * done, scratch);
      row.advance(-done);
    }
  }

  @Override
  public void adamOfSketches(MemorySegment theta, long to, int n, MemorySegment g, long go, MemorySegment mCells,
      RowCells m, MemorySegment vCells, RowCells v, float step, float rootScale, float epsilon, float limit,
      Scratch scratch) {
    int done = 0;
    if (SimdSketches.isOnePass(m, v)) {
      done = whole(n);
      SimdSketches.adam(theta, to, done, g, go, mCells, m, vCells, v, step, rootScale, epsilon, limit);
    }
    if (done < n) {
      m.advance(done);
      v.advance(done);
      Kernels.super.adamOfSketches(theta, to + 4L * done, n - done, g, go + 4L * done, mCells, m, vCells, v, step,
          rootScale, epsilon, limit, scratch);
      m.advance(-done);
      v.advance(-done);
    }
  }

  @Override
  public void widen(MemorySegment x, long xo, MemorySegment out, long oo, int n) {
    int whole = Bfloat16.grouped(n);
    for (int i = 0; i < whole; i += Bfloat16.GROUP) {
      for (int k = 0; k < Bfloat16.PAIRS; k += WIDTH) {
        IntVector pairs = IntVector.fromMemorySegment(INTS, x, xo + 2L * i + 4L * k, ORDER);
        long at = oo + 4L * (i + k);
        pairs.lanewise(VectorOperators.LSHL, 16).intoMemorySegment(out, at, ORDER);
        pairs.and(HIGH).intoMemorySegment(out, at + 4L * Bfloat16.PAIRS, ORDER);
      }
    }
    if (whole < n) {
      Kernels.super.widen(x, xo + 2L * whole, out, oo + 4L * whole, n - whole);
    }
  }

  @Override
  public void roundStochastic(MemorySegment x, long xo, MemorySegment out, long oo, int n, int key) {
    int whole = Bfloat16.grouped(n);
    for (int i = 0; i < whole; i += Bfloat16.GROUP) {
      for (int k = 0; k < Bfloat16.PAIRS; k += WIDTH) {
        IntVector h = IOTA.add(key + i / 2 + k);
        h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16)).mul(0x85EBCA6B);
        h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 13)).mul(0xC2B2AE35);
        h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16));
        long at = xo + 4L * (i + k);
        FloatVector low = FloatVector.fromMemorySegment(FLOATS, x, at, ORDER);
        FloatVector high = FloatVector.fromMemorySegment(FLOATS, x, at + 4L * Bfloat16.PAIRS, ORDER);
        IntVector lowBits = low.reinterpretAsInts();
        IntVector highBits = high.reinterpretAsInts();
        lowBits = lowBits.add(h.and(0xFFFF)).blend(lowBits.or(QUIET), low.test(VectorOperators.IS_NAN).cast(INTS));
        highBits = highBits.add(h.lanewise(VectorOperators.LSHR, 16)).blend(highBits.or(QUIET),
            high.test(VectorOperators.IS_NAN).cast(INTS));
        lowBits.lanewise(VectorOperators.LSHR, 16).or(highBits.and(HIGH)).intoMemorySegment(out, oo + 2L * i + 4L * k,
            ORDER);
      }
    }
    if (whole < n) {
      Kernels.super.roundStochastic(x, xo + 4L * whole, out, oo + 2L * whole, n - whole, key + whole / 2);
    }
  }

  @Override
  public void roundNearest(MemorySegment x, long xo, MemorySegment out, long oo, int n) {
    int whole = Bfloat16.grouped(n);
    for (int i = 0; i < whole; i += Bfloat16.GROUP) {
      for (int k = 0; k < Bfloat16.PAIRS; k += WIDTH) {
        long at = xo + 4L * (i + k);
        FloatVector low = FloatVector.fromMemorySegment(FLOATS, x, at, ORDER);
        FloatVector high = FloatVector.fromMemorySegment(FLOATS, x, at + 4L * Bfloat16.PAIRS, ORDER);
        IntVector lowBits = low.reinterpretAsInts();
        IntVector highBits = high.reinterpretAsInts();
        IntVector lowOdd = lowBits.lanewise(VectorOperators.LSHR, 16).and(1);
        IntVector highOdd = highBits.lanewise(VectorOperators.LSHR, 16).and(1);
        lowBits = lowBits.add(lowOdd.add(0x7FFF)).blend(lowBits.or(QUIET), low.test(VectorOperators.IS_NAN).cast(INTS));
        highBits = highBits.add(highOdd.add(0x7FFF)).blend(highBits.or(QUIET),
            high.test(VectorOperators.IS_NAN).cast(INTS));
        lowBits.lanewise(VectorOperators.LSHR, 16).or(highBits.and(HIGH)).intoMemorySegment(out, oo + 2L * i + 4L * k,
            ORDER);
      }
    }
    if (whole < n) {
      Kernels.super.roundNearest(x, xo + 4L * whole, out, oo + 2L * whole, n - whole);
    }
  }

  @Override
  public void decode(MemorySegment codes, long co, short header, MemorySegment out, long oo, int n) {
    int whole = Float8.grouped(n);
    SimdFloat8.decode(codes, co, header, out, oo, whole);
    if (whole < n) {
      Kernels.super.decode(codes, co + whole, header, out, oo + 4L * whole, n - whole);
    }
  }

  @Override
  public short blockHeader(MemorySegment x, long xo, int n) {
    return SimdFloat8.header(x, xo, n);
  }

  @Override
  public void encodeStochastic(MemorySegment x, long xo, MemorySegment codes, long co, int n, short header, int key) {
    int whole = Float8.grouped(n);
    SimdFloat8.encodeStochastic(x, xo, codes, co, header, whole, key);
    if (whole < n) {
      Kernels.super.encodeStochastic(x, xo + 4L * whole, codes, co + whole, n - whole, header, key + whole / 2);
    }
  }

  @Override
  public float sumOfSquares(MemorySegment x, long xo, int n) {
    return switch (WIDTH) {
      case LANES -> SimdSums.inOne(x, xo, n);
      case LANES / 2 -> SimdSums.inTwo(x, xo, n);
      default -> Kernels.super.sumOfSquares(x, xo, n);
    };
  }
}
