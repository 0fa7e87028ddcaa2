/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.simd;

import dev.sublinear.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** {@link Kernels#sumOfSquares} for vectors of sixteen and of eight lanes; {@link SimdKernels} calls it. */
final class SimdSums {
  private static final VectorSpecies<Float> FLOATS = SimdKernels.FLOATS;
  private static final int WIDTH = SimdKernels.WIDTH;
  private static final ByteOrder ORDER = SimdKernels.ORDER;

  // Constants, because a shuffle that is made in a loop is an object whenever C2 does not unroll the loop.
  private static final VectorShuffle<Float> EIGHT_ON = VectorShuffle.iota(FLOATS, 8, 1, true);
  private static final VectorShuffle<Float> FOUR_ON = VectorShuffle.iota(FLOATS, 4, 1, true);
  private static final VectorShuffle<Float> TWO_ON = VectorShuffle.iota(FLOATS, 2, 1, true);
  private static final VectorShuffle<Float> ONE_ON = VectorShuffle.iota(FLOATS, 1, 1, true);

  private SimdSums() {}

  /** Sixteen lanes. */
  static float inOne(MemorySegment x, long xo, int n) {
    FloatVector sum = FloatVector.zero(FLOATS);
    int i = 0;
    for (; i + Kernels.LANES <= n; i += Kernels.LANES) {
      FloatVector value = FloatVector.fromMemorySegment(FLOATS, x, xo + 4L * i, ORDER);
      sum = sum.add(value.mul(value));
    }
    if (i < n) { // lanes behind the end are 0, which leaves a sum of squares as it is
      FloatVector value = FloatVector.fromMemorySegment(FLOATS, x, xo + 4L * i, ORDER, FLOATS.indexInRange(i, n));
      sum = sum.add(value.mul(value));
    }
    sum = sum.add(sum.rearrange(EIGHT_ON));
    sum = sum.add(sum.rearrange(FOUR_ON));
    sum = sum.add(sum.rearrange(TWO_ON));
    return sum.add(sum.rearrange(ONE_ON)).lane(0);
  }

  /** Eight lanes. */
  static float inTwo(MemorySegment x, long xo, int n) {
    FloatVector low = FloatVector.zero(FLOATS);
    FloatVector high = FloatVector.zero(FLOATS);
    int i = 0;
    for (; i + Kernels.LANES <= n; i += Kernels.LANES) {
      FloatVector a = FloatVector.fromMemorySegment(FLOATS, x, xo + 4L * i, ORDER);
      FloatVector b = FloatVector.fromMemorySegment(FLOATS, x, xo + 4L * (i + WIDTH), ORDER);
      low = low.add(a.mul(a));
      high = high.add(b.mul(b));
    }
    if (i < n) {
      VectorMask<Float> inLow = FLOATS.indexInRange(i, n);
      VectorMask<Float> inHigh = FLOATS.indexInRange(i + WIDTH, n);
      FloatVector a = FloatVector.fromMemorySegment(FLOATS, x, xo + 4L * i, ORDER, inLow);
      FloatVector b = FloatVector.fromMemorySegment(FLOATS, x, xo + 4L * (i + WIDTH), ORDER, inHigh);
      low = low.add(a.mul(a));
      high = high.add(b.mul(b));
    }
    FloatVector sum = low.add(high);
    sum = sum.add(sum.rearrange(FOUR_ON));
    sum = sum.add(sum.rearrange(TWO_ON));
    return sum.add(sum.rearrange(ONE_ON)).lane(0);
  }
}
