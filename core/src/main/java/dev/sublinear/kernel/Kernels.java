/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;

/**
 * The arithmetic of every rule and layout, on runs of n float32 values.
 *
 * <p>The default methods are the scalar truth. Another implementation must return the same bits: elementwise kernels
 * work in source order without fused multiply-add, and the one sum uses 16 lane accumulators (index mod 16) folded in
 * one fixed tree. Offsets are in bytes, {@code n} in elements; float32 and bfloat16 values are in native
 * byte order. Source and target runs may be the same run but must not overlap otherwise.
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

  /** {@code s[i] = max(s[i], x[i]); out[i] = s[i]}. */
  default void maximum(MemorySegment s, long so, int n, MemorySegment x, long xo, MemorySegment out, long oo) {
    for (long b = 0; b < 4L * n; b += 4) {
      float value = Math.max(s.get(JAVA_FLOAT, so + b), x.get(JAVA_FLOAT, xo + b));
      s.set(JAVA_FLOAT, so + b, value);
      out.set(JAVA_FLOAT, oo + b, value);
    }
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
   * The adaptive step: {@code theta[i] = theta[i] - step * (b / (sqrt(v[i]) * rootScale + epsilon))}, where b is m[i] cut
   * off at {@code limit * sqrt(v[i])} in magnitude and 0/0 is 0.
   *
   * <p>A coordinate that never had a gradient thus stays where it is even at epsilon 0.
   *
   * @param limit at most {@code Float.MAX_VALUE}, which stands for no limit
   */
  default void adaptiveStep(MemorySegment theta, long to, int n, float step, MemorySegment m, long mo, MemorySegment v,
      long vo, float rootScale, float epsilon, float limit) {
    float slack = limit == Float.MAX_VALUE ? Float.MAX_VALUE : 0; // without a limit m counts even where v is 0
    for (long b = 0; b < 4L * n; b += 4) {
      float root = (float) Math.sqrt(v.get(JAVA_FLOAT, vo + b));
      float bound = root * limit + slack;
      float numerator = Math.max(-bound, Math.min(bound, m.get(JAVA_FLOAT, mo + b)));
      float ratio = numerator == 0 ? numerator : numerator / (root * rootScale + epsilon);
      theta.set(JAVA_FLOAT, to + b, theta.get(JAVA_FLOAT, to + b) - step * ratio);
    }
  }

  /**
   * {@code m[i] = decayM * m[i] + scaleM * g[i]; v[i] = decayV * v[i] + scaleV * (g[i] * g[i])}, then {@link #adaptiveStep}
   * with them: the bits of the separate kernels in one pass, whose four streams miss the caches together.
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
   * {@code out[i] = median over j < depth of signs[j] * cells[offsets[j] + i]}.
   *
   * @param depth 1, 3, 5 or 7
   */
  default void median(MemorySegment cells, long[] offsets, float[] signs, int depth, MemorySegment out, long oo,
      int n) {
    for (long b = 0; b < 4L * n; b += 4) {
      out.set(JAVA_FLOAT, oo + b, medianAt(cells, offsets, signs, depth, b));
    }
  }

  private static float medianAt(MemorySegment cells, long[] offsets, float[] signs, int depth, long b) {
    float p0 = signs[0] * cells.get(JAVA_FLOAT, offsets[0] + b);
    if (depth == 1) {
      return p0;
    }
    float p1 = signs[1] * cells.get(JAVA_FLOAT, offsets[1] + b);
    float p2 = signs[2] * cells.get(JAVA_FLOAT, offsets[2] + b);
    if (depth == 3) {
      return median(p0, p1, p2);
    }
    float p3 = signs[3] * cells.get(JAVA_FLOAT, offsets[3] + b);
    float p4 = signs[4] * cells.get(JAVA_FLOAT, offsets[4] + b);
    if (depth == 5) {
      return median(p0, p1, p2, p3, p4);
    }
    float p5 = signs[5] * cells.get(JAVA_FLOAT, offsets[5] + b);
    float p6 = signs[6] * cells.get(JAVA_FLOAT, offsets[6] + b);
    // The smallest of three pair minima is at most five others, the largest of three pair maxima at least five: neither
    // can lie beyond the median on the other side, so the five that remain have the same median.
    float low0 = Math.min(p0, p1);
    float high0 = Math.max(p0, p1);
    float low1 = Math.min(p2, p3);
    float high1 = Math.max(p2, p3);
    float low2 = Math.min(p4, p5);
    float high2 = Math.max(p4, p5);
    float midLow = median(low0, low1, low2);
    float topLow = Math.max(low0, Math.max(low1, low2));
    float midHigh = median(high0, high1, high2);
    float bottomHigh = Math.min(high0, Math.min(high1, high2));
    return median(midLow, topLow, midHigh, bottomHigh, p6);
  }

  private static float median(float a, float b, float c) {
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }

  private static float median(float a, float b, float c, float d, float e) {
    float low = Math.max(Math.min(a, b), Math.min(c, d));
    float high = Math.min(Math.max(a, b), Math.max(c, d));
    return median(low, high, e);
  }

  /** {@code out[i] = min over j < depth of cells[offsets[j] + i]}. */
  default void minimum(MemorySegment cells, long[] offsets, int depth, MemorySegment out, long oo, int n) {
    for (long b = 0; b < 4L * n; b += 4) {
      float value = cells.get(JAVA_FLOAT, offsets[0] + b);
      for (int j = 1; j < depth; j++) {
        value = Math.min(value, cells.get(JAVA_FLOAT, offsets[j] + b));
      }
      out.set(JAVA_FLOAT, oo + b, value);
    }
  }

  /** Widens bfloat16 to float32: {@code out[i] = x[i]}; exact. */
  default void widen(MemorySegment x, long xo, MemorySegment out, long oo, int n) {
    for (long i = 0; i < n; i++) {
      out.set(JAVA_FLOAT, oo + 4 * i, Bfloat16.toFloat(x.get(JAVA_SHORT, xo + 2 * i)));
    }
  }

  /**
   * Rounds float32 to bfloat16 stochastically: up with the probability of the cut-off fraction, so that the mean is
   * exact.
   *
   * @param key 32 random bits for this run; element i uses {@code Bfloat16.noise(key + i)}
   */
  default void roundStochastic(MemorySegment x, long xo, MemorySegment out, long oo, int n, int key) {
    for (int i = 0; i < n; i++) {
      short rounded = Bfloat16.round(x.get(JAVA_FLOAT, xo + 4L * i), Bfloat16.noise(key + i));
      out.set(JAVA_SHORT, oo + 2L * i, rounded);
    }
  }

  /** Rounds float32 to the nearest bfloat16, ties to even. */
  default void roundNearest(MemorySegment x, long xo, MemorySegment out, long oo, int n) {
    for (long i = 0; i < n; i++) {
      out.set(JAVA_SHORT, oo + 2 * i, Bfloat16.nearest(x.get(JAVA_FLOAT, xo + 4 * i)));
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
