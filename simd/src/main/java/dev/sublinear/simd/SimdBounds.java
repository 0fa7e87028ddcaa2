/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.simd;

import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The pass over a row of a moment that is bounded by accumulators of its slices; {@link SimdKernels} calls it. */
final class SimdBounds {
  private static final Kernels SCALAR = KernelSelection.scalar();
  private static final VectorSpecies<Float> FLOATS = SimdKernels.FLOATS;
  private static final int BYTES = SimdKernels.BYTES;
  private static final ByteOrder ORDER = SimdKernels.ORDER;

  private SimdBounds() {}

  /** {@link Kernels#decayAddBounded}. */
  static float decayAdd(float row, MemorySegment bound, long bo, MemorySegment greatest, long to, int n, float decay,
      float scale, MemorySegment x, long xo, MemorySegment out, long oo) {
    FloatVector rows = FloatVector.broadcast(FLOATS, row);
    FloatVector greatestOfAll = FloatVector.zero(FLOATS);
    int whole = SimdKernels.whole(n);
    for (long b = 0; b < 4L * whole; b += BYTES) {
      FloatVector other = FloatVector.fromMemorySegment(FLOATS, bound, bo + b, ORDER);
      FloatVector value = other.blend(rows, rows.compare(VectorOperators.LT, other)).mul(decay)
          .add(FloatVector.fromMemorySegment(FLOATS, x, xo + b, ORDER).mul(scale));
      FloatVector before = FloatVector.fromMemorySegment(FLOATS, greatest, to + b, ORDER);
      before.blend(value, value.compare(VectorOperators.GT, before)).intoMemorySegment(greatest, to + b, ORDER);
      value.intoMemorySegment(out, oo + b, ORDER);
      greatestOfAll = greatestOfAll.blend(value, value.compare(VectorOperators.GT, greatestOfAll));
    }
    float ofVectors = greatestOfAll.reduceLanes(VectorOperators.MAX); // no NaN in it, nor a zero with a sign
    if (whole == n) {
      return ofVectors;
    }
    long skip = 4L * whole;
    return Math.max(ofVectors, SCALAR.decayAddBounded(row, bound, bo + skip, greatest, to + skip, n - whole, decay,
        scale, x, xo + skip, out, oo + skip));
  }

  /** {@link Kernels#adaptiveStepBounded}. */
  static float adaptiveStep(MemorySegment theta, long to, int n, float step, MemorySegment g, long go, float row,
      MemorySegment runs, long bo, long mo, float decay, float scale, float epsilon, float limit) {
    float slack = Kernels.slack(limit);
    FloatVector rows = FloatVector.broadcast(FLOATS, row);
    FloatVector greatestOfAll = FloatVector.zero(FLOATS);
    int whole = SimdKernels.whole(n);
    for (long b = 0; b < 4L * whole; b += BYTES) {
      FloatVector gradient = FloatVector.fromMemorySegment(FLOATS, g, go + b, ORDER);
      FloatVector other = FloatVector.fromMemorySegment(FLOATS, runs, bo + b, ORDER);
      FloatVector value = other.blend(rows, rows.compare(VectorOperators.LT, other)).mul(decay)
          .add(gradient.mul(gradient).mul(scale));
      FloatVector before = FloatVector.fromMemorySegment(FLOATS, runs, mo + b, ORDER);
      before.blend(value, value.compare(VectorOperators.GT, before)).intoMemorySegment(runs, mo + b, ORDER);
      greatestOfAll = greatestOfAll.blend(value, value.compare(VectorOperators.GT, greatestOfAll));
      FloatVector root = value.sqrt();
      FloatVector bound = root.mul(limit).add(slack);
      FloatVector numerator = gradient.blend(bound, bound.compare(VectorOperators.LT, gradient));
      numerator = numerator.blend(bound.neg(), bound.neg().compare(VectorOperators.GT, numerator));
      VectorMask<Float> zero = numerator.compare(VectorOperators.EQ, 0);
      FloatVector ratio = numerator.div(root.add(epsilon)).blend(numerator, zero);
      FloatVector.fromMemorySegment(FLOATS, theta, to + b, ORDER).sub(ratio.mul(step)).intoMemorySegment(theta, to + b,
          ORDER);
    }
    float ofVectors = greatestOfAll.reduceLanes(VectorOperators.MAX);
    if (whole == n) {
      return ofVectors;
    }
    long skip = 4L * whole;
    return Math.max(ofVectors, SCALAR.adaptiveStepBounded(theta, to + skip, n - whole, step, g, go + skip, row, runs,
        bo + skip, mo + skip, decay, scale, epsilon, limit));
  }
}
