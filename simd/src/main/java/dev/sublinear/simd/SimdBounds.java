/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.simd;

import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
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
}
