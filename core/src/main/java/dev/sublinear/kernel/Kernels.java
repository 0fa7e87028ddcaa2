/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.kernel;

import static dev.sublinear.kernel.CellEstimate.larger;
import static dev.sublinear.kernel.CellEstimate.smaller;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;

/**
 * The arithmetic of every rule and layout, on runs of n float32 values.
 *
 * <p>The default methods are the scalar truth. Another implementation must return the same bits: elementwise kernels
 * work in source order without fused multiply-add, and the one sum uses 16 lane accumulators (index mod 16) folded in
 * one fixed tree. Offsets are in bytes, {@code n} in elements; float32 and bfloat16 values are in native
 * byte order. Packed bfloat16 runs start at a multiple of 32 columns. Source and target runs may be the same run but
 * must not overlap otherwise.
 *
 * <p>Thread-safe: no state. {@link KernelSelection#current()} names the implementation to call.
 */
public interface Kernels {
  /** Number of lane accumulators of {@link #sumOfSquares}. */
  int LANES = 16;

  /** A short name for reports, for example {@code simd-512}. */
  default String name() {
    return "scalar";
  }

  /** {@code out[i] = x[i]^2}. */
  default void square(MemorySegment x, long xo, MemorySegment out, long oo, int n) {
    for (long b = 0; b < 4L * n; b += 4) {
      float value = x.get(JAVA_FLOAT, xo + b);
      out.set(JAVA_FLOAT, oo + b, value * value);
    }
  }

  /** {@code s[i] = decay * s[i] + scale * x[i]; out[i] = s[i]}. */
  default void decayAdd(MemorySegment s, long so, int n, float decay, float scale, MemorySegment x, long xo,
      MemorySegment out, long oo) {
    for (long b = 0; b < 4L * n; b += 4) {
      float value = decay * s.get(JAVA_FLOAT, so + b) + scale * x.get(JAVA_FLOAT, xo + b);
      s.set(JAVA_FLOAT, so + b, value);
      out.set(JAVA_FLOAT, oo + b, value);
    }
  }

  /** {@code s[i] = decay * s[i] + scale * (x[i] * x[i])}. */
  default void decayAddSquare(MemorySegment s, long so, int n, float decay, float scale, MemorySegment x, long xo) {
    for (long b = 0; b < 4L * n; b += 4) {
      float value = x.get(JAVA_FLOAT, xo + b);
      s.set(JAVA_FLOAT, so + b, decay * s.get(JAVA_FLOAT, so + b) + scale * (value * value));
    }
  }

  /** {@code s[i] = max(s[i], x[i]); out[i] = s[i]}. */
  default void maximum(MemorySegment s, long so, int n, MemorySegment x, long xo, MemorySegment out, long oo) {
    for (long b = 0; b < 4L * n; b += 4) {
      float value = Math.max(s.get(JAVA_FLOAT, so + b), x.get(JAVA_FLOAT, xo + b));
      s.set(JAVA_FLOAT, so + b, value);
      out.set(JAVA_FLOAT, oo + b, value);
    }
  }

  /**
   * {@code out[i] = decay * min(row, bound[i]) + scale * x[i]; greatest[i] = max(greatest[i], out[i])}; a maximum
   * passes over NaN, so that it does not depend on the order in which it was taken.
   *
   * @return the greatest out[i], at least 0
   */
  default float decayAddBounded(float row, MemorySegment bound, long bo, MemorySegment greatest, long to, int n,
      float decay, float scale, MemorySegment x, long xo, MemorySegment out, long oo) {
    float greatestOfAll = 0;
    for (long b = 0; b < 4L * n; b += 4) {
      float value = decay * smaller(row, bound.get(JAVA_FLOAT, bo + b)) + scale * x.get(JAVA_FLOAT, xo + b);
      greatest.set(JAVA_FLOAT, to + b, larger(value, greatest.get(JAVA_FLOAT, to + b)));
      out.set(JAVA_FLOAT, oo + b, value);
      greatestOfAll = larger(value, greatestOfAll);
    }
    return greatestOfAll;
  }

  /**
   * The bits of {@link #square}, {@link #decayAddBounded} and {@link #adaptiveStep} in one pass: v is bounded, scale 1
   * for the root, and nothing is written but theta and the maxima.
   *
   * @param runs holds both the bounds and the maxima
   * @param bo byte offset of the bounds in {@code runs}
   * @param mo byte offset of the maxima in {@code runs}
   * @return the greatest v[i], at least 0
   */
  default float adaptiveStepBounded(MemorySegment theta, long to, int n, float step, MemorySegment g, long go,
      float row,
      MemorySegment runs, long bo, long mo, float decay, float scale, float epsilon, float limit) {
    float slack = slack(limit);
    float greatestOfAll = 0;
    for (long b = 0; b < 4L * n; b += 4) {
      float gradient = g.get(JAVA_FLOAT, go + b);
      float value = decay * smaller(row, runs.get(JAVA_FLOAT, bo + b)) + scale * (gradient * gradient);
      runs.set(JAVA_FLOAT, mo + b, larger(value, runs.get(JAVA_FLOAT, mo + b)));
      greatestOfAll = larger(value, greatestOfAll);
      float ratio = ratio(gradient, (float) Math.sqrt(value), 1, epsilon, limit, slack);
      theta.set(JAVA_FLOAT, to + b, theta.get(JAVA_FLOAT, to + b) - step * ratio);
    }
    return greatestOfAll;
  }

  /** {@code target[i] = target[i] + factor * x[i]}. */
  default void addScaled(MemorySegment target, long to, int n, float factor, MemorySegment x, long xo) {
    for (long b = 0; b < 4L * n; b += 4) {
      target.set(JAVA_FLOAT, to + b, target.get(JAVA_FLOAT, to + b) + factor * x.get(JAVA_FLOAT, xo + b));
    }
  }

  /** {@code out[i] = a * x[i] + b * y[i]}. */
  default void combine(float a, MemorySegment x, long xo, float b, MemorySegment y, long yo, MemorySegment out,
      long oo, int n) {
    for (long i = 0; i < 4L * n; i += 4) {
      out.set(JAVA_FLOAT, oo + i, a * x.get(JAVA_FLOAT, xo + i) + b * y.get(JAVA_FLOAT, yo + i));
    }
  }

  /** {@code target[i] = factor * target[i]}, for runs of any length. */
  default void scale(MemorySegment target, long to, long n, float factor) {
    for (long b = 0; b < 4L * n; b += 4) {
      target.set(JAVA_FLOAT, to + b, factor * target.get(JAVA_FLOAT, to + b));
    }
  }

  /** {@code out[i] = value}. */
  default void fill(MemorySegment out, long oo, int n, float value) {
    for (long b = 0; b < 4L * n; b += 4) {
      out.set(JAVA_FLOAT, oo + b, value);
    }
  }

  /**
   * The adaptive step: {@code theta[i] = theta[i] - step * (b / (sqrt(v[i]) * rootScale + epsilon))}, where b is m[i]
   * cut off at {@code limit * sqrt(v[i])} in magnitude and 0/0 is 0.
   *
   * <p>A coordinate that never had a gradient thus stays where it is even at epsilon 0.
   *
   * @param limit at most {@code Float.MAX_VALUE}, which stands for no limit
   */
  default void adaptiveStep(MemorySegment theta, long to, int n, float step, MemorySegment m, long mo, MemorySegment v,
      long vo, float rootScale, float epsilon, float limit) {
    float slack = slack(limit);
    for (long b = 0; b < 4L * n; b += 4) {
      float root = (float) Math.sqrt(v.get(JAVA_FLOAT, vo + b));
      float ratio = ratio(m.get(JAVA_FLOAT, mo + b), root, rootScale, epsilon, limit, slack);
      theta.set(JAVA_FLOAT, to + b, theta.get(JAVA_FLOAT, to + b) - step * ratio);
    }
  }

  /** The adaptive step with one v for the whole run. */
  default void adaptiveStep(MemorySegment theta, long to, int n, float step, MemorySegment m, long mo, float v,
      float rootScale, float epsilon, float limit) {
    float slack = slack(limit);
    float root = (float) Math.sqrt(v);
    for (long b = 0; b < 4L * n; b += 4) {
      float ratio = ratio(m.get(JAVA_FLOAT, mo + b), root, rootScale, epsilon, limit, slack);
      theta.set(JAVA_FLOAT, to + b, theta.get(JAVA_FLOAT, to + b) - step * ratio);
    }
  }

  private static float ratio(float m, float root, float rootScale, float epsilon, float limit, float slack) {
    float bound = root * limit + slack;
    float numerator = larger(-bound, smaller(bound, m)); // m itself if it is NaN
    return numerator == 0 ? numerator : numerator / (root * rootScale + epsilon);
  }

  /** Added to the bound on |m|, so that without a limit m counts even where v is 0. */
  static float slack(float limit) {
    return limit == Float.MAX_VALUE ? Float.MAX_VALUE : 0;
  }

  /**
   * {@code m[i] = decayM * m[i] + scaleM * g[i]; v[i] = decayV * v[i] + scaleV * (g[i] * g[i])}, then {@link
   * #adaptiveStep} with them: the bits of the separate kernels in one pass, whose four streams miss the caches
   * together.
   */
  default void adam(MemorySegment theta, long to, int n, MemorySegment g, long go, MemorySegment m, long mo,
      float decayM, float scaleM, MemorySegment v, long vo, float decayV, float scaleV, float step, float rootScale,
      float epsilon, float limit) {
    for (long b = 0; b < 4L * n; b += 4) {
      float gradient = g.get(JAVA_FLOAT, go + b);
      m.set(JAVA_FLOAT, mo + b, decayM * m.get(JAVA_FLOAT, mo + b) + scaleM * gradient);
      v.set(JAVA_FLOAT, vo + b, decayV * v.get(JAVA_FLOAT, vo + b) + scaleV * (gradient * gradient));
    }
    adaptiveStep(theta, to, n, step, m, mo, v, vo, rootScale, epsilon, limit);
  }

  /**
   * Adam with both moments in sketches, to which {@code g} and its square are added: the bits of {@link #square}, twice
   * {@link #updateSketch}, and {@link #adaptiveStep}.
   *
   * @param m the row of the first moment in {@code mCells}
   * @param v the row of the second moment in {@code vCells}
   * @param scratch its rule runs and those from {@link Scratch#CELL_RUN} are overwritten
   */
  default void adamOfSketches(MemorySegment theta, long to, int n, MemorySegment g, long go, MemorySegment mCells,
      RowCells m, MemorySegment vCells, RowCells v, float step, float rootScale, float epsilon, float limit,
      Scratch scratch) {
    MemorySegment w = scratch.memory;
    long square = Scratch.run(0);
    long first = Scratch.run(1);
    long second = Scratch.run(2);
    square(g, go, w, square, n);
    updateSketch(mCells, m, n, g, go, w, first, scratch);
    updateSketch(vCells, v, n, w, square, w, second, scratch);
    adaptiveStep(theta, to, n, step, w, first, w, second, rootScale, epsilon, limit);
  }

  /**
   * Estimates a row of a sketch, updates its cells and estimates again: see {@link RowCells}.
   *
   * @param cells all cells of the sketch
   * @param row the row and the factors
   * @param out estimates; not the same run as {@code x}
   * @param scratch packed cells are widened into its runs from {@link Scratch#CELL_RUN}
   */
  default void updateSketch(MemorySegment cells, RowCells row, int n, MemorySegment x, long xo, MemorySegment out,
      long oo,
      Scratch scratch) {
    if (row.isPacked) {
      RowCells wide = scratch.widened(row);
      for (int j = 0; j < row.depth; j++) {
        widen(cells, row.offsets[j], scratch.memory, wide.offsets[j], n);
      }
      updateSketch(scratch.memory, wide, n, x, xo, out, oo, scratch);
      for (int j = 0; j < row.depth; j++) {
        roundStochastic(scratch.memory, wide.offsets[j], cells, row.offsets[j], n, row.key);
      }
      return;
    }
    for (long b = 0; b < 4L * n; b += 4) {
      float estimate = row.isMedian ? CellEstimate.medianAt(cells, row, b) : CellEstimate.minimumAt(cells, row, b);
      float added = row.ofNew * x.get(JAVA_FLOAT, xo + b);
      float delta = row.ofOld == 0 ? added : row.ofOld * estimate + added;
      for (int j = 0; j < row.depth; j++) {
        cells.set(JAVA_FLOAT, row.offsets[j] + b, row.signs[j] * (CellEstimate.decayed(cells, row, j, b) + delta));
      }
      out.set(JAVA_FLOAT, oo + b, row.factor * estimate + row.factor * delta);
    }
  }

  /** Widens a run of packed bfloat16 ({@link Bfloat16}) to float32: {@code out[i] = x[i]}; exact. */
  default void widen(MemorySegment x, long xo, MemorySegment out, long oo, int n) {
    int whole = Bfloat16.grouped(n);
    for (int i = 0; i < whole; i++) {
      int pair = x.get(JAVA_INT_UNALIGNED, xo + Bfloat16.pairOffset(i));
      out.set(JAVA_FLOAT, oo + 4L * i, Bfloat16.isLow(i) ? Bfloat16.low(pair) : Bfloat16.high(pair));
    }
    for (int i = whole; i < n; i++) {
      out.set(JAVA_FLOAT, oo + 4L * i, Bfloat16.toFloat(x.get(JAVA_SHORT, xo + 2L * i)));
    }
  }

  /**
   * Rounds float32 to packed bfloat16 stochastically: up with the probability of the cut-off fraction, so that the mean
   * is exact.
   *
   * @param key a random counter for this run; the noise of element i is that of {@code key} plus the number of pairs
   *     and single elements before it, one half of the bits for each of a pair
   */
  default void roundStochastic(MemorySegment x, long xo, MemorySegment out, long oo, int n, int key) {
    int whole = Bfloat16.grouped(n);
    for (int i = 0; i < whole; i++) {
      if (Bfloat16.isLow(i)) {
        int noise = Bfloat16.noise(key + (int) Bfloat16.pairOffset(i) / 4);
        short low = Bfloat16.round(x.get(JAVA_FLOAT, xo + 4L * i), noise & 0xFFFF);
        short high = Bfloat16.round(x.get(JAVA_FLOAT, xo + 4L * (i + Bfloat16.PAIRS)), noise >>> 16);
        out.set(JAVA_INT_UNALIGNED, oo + Bfloat16.pairOffset(i), Bfloat16.pair(low, high));
      }
    }
    for (int i = whole; i < n; i++) {
      int noise = Bfloat16.noise(key + i - whole / 2);
      out.set(JAVA_SHORT, oo + 2L * i, Bfloat16.round(x.get(JAVA_FLOAT, xo + 4L * i), noise & 0xFFFF));
    }
  }

  /** Rounds float32 to the nearest packed bfloat16, ties to even. */
  default void roundNearest(MemorySegment x, long xo, MemorySegment out, long oo, int n) {
    int whole = Bfloat16.grouped(n);
    for (int i = 0; i < whole; i++) {
      if (Bfloat16.isLow(i)) {
        short low = Bfloat16.nearest(x.get(JAVA_FLOAT, xo + 4L * i));
        short high = Bfloat16.nearest(x.get(JAVA_FLOAT, xo + 4L * (i + Bfloat16.PAIRS)));
        out.set(JAVA_INT_UNALIGNED, oo + Bfloat16.pairOffset(i), Bfloat16.pair(low, high));
      }
    }
    for (int i = whole; i < n; i++) {
      out.set(JAVA_SHORT, oo + 2L * i, Bfloat16.nearest(x.get(JAVA_FLOAT, xo + 4L * i)));
    }
  }

  /** Decodes a packed block of {@link Float8}: {@code out[i] = codes[i]}; exact. */
  default void decode(MemorySegment codes, long co, short header, MemorySegment out, long oo, int n) {
    int whole = Float8.grouped(n);
    for (int i = 0; i < n; i++) {
      byte code = codes.get(JAVA_BYTE, co + (i < whole ? Float8.packedOffset(i) : i));
      out.set(JAVA_FLOAT, oo + 4L * i, Float8.decode(code, header));
    }
  }

  /** The header of a block of {@link Float8} for these values. */
  default short blockHeader(MemorySegment x, long xo, int n) {
    int largest = 0;
    boolean isSigned = false;
    for (int i = 0; i < n; i++) {
      float value = x.get(JAVA_FLOAT, xo + 4L * i);
      isSigned |= value < 0;
      if (Math.abs(value) < Float.POSITIVE_INFINITY) {
        largest = Math.max(largest, Float.floatToRawIntBits(Math.abs(value)));
      }
    }
    return Float8.header(largest, isSigned);
  }

  /**
   * Rounds a block of float32 to packed {@link Float8} stochastically: up with the probability of the cut-off fraction,
   * of which 16 bits count.
   *
   * @param header {@link #blockHeader} of the whole block
   * @param key a random counter for this run; the noise of an element is one half of the bits of {@code key} plus the
   *     number of pairs and single elements before it
   */
  default void encodeStochastic(MemorySegment x, long xo, MemorySegment codes, long co, int n, short header, int key) {
    float unit = Float8.unit(header);
    int whole = Float8.grouped(n);
    for (int i = 0; i < n; i++) {
      int noise = i < whole ? Float8.packedNoise(key, i) : Bfloat16.noise(key + i - whole / 2) & 0xFFFF;
      codes.set(JAVA_BYTE, co + (i < whole ? Float8.packedOffset(i) : i),
          Float8.encode(x.get(JAVA_FLOAT, xo + 4L * i), header, noise, unit));
    }
  }

  /** Rounds a block of float32 to the nearest packed {@link Float8}, ties away from 0. */
  default void encodeNearest(MemorySegment x, long xo, MemorySegment codes, long co, int n, short header) {
    float unit = Float8.unit(header);
    int whole = Float8.grouped(n);
    for (int i = 0; i < n; i++) {
      codes.set(JAVA_BYTE, co + (i < whole ? Float8.packedOffset(i) : i),
          Float8.encode(x.get(JAVA_FLOAT, xo + 4L * i), header, Float8.HALF, unit));
    }
  }

  /**
   * The sum of x[i]^2 in float32: lane l adds up the elements i = l mod 16 in ascending order; lanes 8 apart are added,
   * then 4, 2 and 1 apart.
   */
  default float sumOfSquares(MemorySegment x, long xo, int n) {
    return foldedLanes(x, xo, n, 0, 1);
  }

  private static float foldedLanes(MemorySegment x, long xo, int n, int lane, int stride) {
    if (stride < LANES) {
      return foldedLanes(x, xo, n, lane, 2 * stride) + foldedLanes(x, xo, n, lane + stride, 2 * stride);
    }
    float sum = 0;
    for (int i = lane; i < n; i += LANES) {
      float value = x.get(JAVA_FLOAT, xo + 4L * i);
      sum += value * value;
    }
    return sum;
  }
}
