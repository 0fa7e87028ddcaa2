/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.simd;

import dev.sublinear.kernel.Bfloat16;
import dev.sublinear.kernel.Kernels;
import dev.sublinear.kernel.RowCells;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The passes over the packed bfloat16 cells of a sketch, for whole groups: cells are widened, updated and rounded in
 * one go.
 *
 * <p>x that is NaN is made the NaN whose lower half is 0, as all others here are: no noise can carry out of it.
 */
final class SimdPackedSketches {
  private static final VectorSpecies<Float> FLOATS = SimdKernels.FLOATS;
  private static final VectorSpecies<Integer> INTS = SimdKernels.INTS;
  private static final int BYTES = SimdKernels.BYTES;
  private static final ByteOrder ORDER = SimdKernels.ORDER;
  private static final int HIGH = SimdKernels.HIGH;
  private static final long GROUP_BYTES = 2L * Bfloat16.GROUP;
  private static final IntVector IOTA = SimdKernels.IOTA;

  private SimdPackedSketches() {}

  /**
   * {@link Kernels#updateSketch} of the first {@code n}, whole groups, of packed cells; returns how many it has done.
   */
  static int update(MemorySegment cells, RowCells row, int n, MemorySegment x, long xo, MemorySegment out, long oo) {
    if (!row.isMedian) {
      updateMinimum(cells, row, n, x, xo, out, oo);
      return n;
    }
    if (row.depth == SimdSketches.DEPTH) {
      updateMedian(cells, row, n, x, xo, out, oo);
      return n;
    }
    return 0;
  }

  private static void updateMedian(MemorySegment cells, RowCells row, int n, MemorySegment x, long xo,
      MemorySegment out, long oo) {
    long o0 = row.offsets[0];
    long o1 = row.offsets[1];
    long o2 = row.offsets[2];
    FloatVector s0 = FloatVector.broadcast(FLOATS, row.signs[0]);
    FloatVector s1 = FloatVector.broadcast(FLOATS, row.signs[1]);
    FloatVector s2 = FloatVector.broadcast(FLOATS, row.signs[2]);
    FloatVector d0 = s0.mul(row.ofCell);
    FloatVector d1 = s1.mul(row.ofCell);
    FloatVector d2 = s2.mul(row.ofCell);
    FloatVector ofOld = FloatVector.broadcast(FLOATS, row.ofOld);
    VectorMask<Float> hasOld = FLOATS.maskAll(row.ofOld != 0);
    FloatVector ofNew = FloatVector.broadcast(FLOATS, row.ofNew);
    FloatVector factor = FloatVector.broadcast(FLOATS, row.factor);
    FloatVector nan = FloatVector.broadcast(FLOATS, Float.NaN);
    for (long at = 0; at < 2L * n; at += BYTES) {
      long low = at + (at & -GROUP_BYTES); // float32 takes twice the bytes of the groups before this one
      long high = low + GROUP_BYTES;
      IntVector noise = IOTA.add(row.key + (int) at / 4);
      noise = noise.lanewise(VectorOperators.XOR, noise.lanewise(VectorOperators.LSHR, 16)).mul(0x85EBCA6B);
      noise = noise.lanewise(VectorOperators.XOR, noise.lanewise(VectorOperators.LSHR, 13)).mul(0xC2B2AE35);
      noise = noise.lanewise(VectorOperators.XOR, noise.lanewise(VectorOperators.LSHR, 16));
      IntVector half = noise.and(0xFFFF);
      IntVector pairs0 = IntVector.fromMemorySegment(INTS, cells, o0 + at, ORDER);
      IntVector pairs1 = IntVector.fromMemorySegment(INTS, cells, o1 + at, ORDER);
      IntVector pairs2 = IntVector.fromMemorySegment(INTS, cells, o2 + at, ORDER);

      FloatVector p = pairs0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().mul(d0);
      FloatVector q = pairs1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().mul(d1);
      FloatVector r = pairs2.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().mul(d2);
      FloatVector smaller = q.blend(p, p.compare(VectorOperators.LT, q));
      FloatVector larger = q.blend(p, p.compare(VectorOperators.GT, q));
      larger = r.blend(larger, larger.compare(VectorOperators.LT, r));
      FloatVector estimate = larger.blend(smaller, smaller.compare(VectorOperators.GT, larger));
      FloatVector added = FloatVector.fromMemorySegment(FLOATS, x, xo + low, ORDER);
      added = added.blend(nan, added.compare(VectorOperators.NE, added));
      FloatVector delta = added.mul(ofNew).add(estimate.mul(ofOld), hasOld);
      IntVector low0 = p.add(delta).mul(s0).reinterpretAsInts().add(half).lanewise(VectorOperators.LSHR, 16);
      IntVector low1 = q.add(delta).mul(s1).reinterpretAsInts().add(half).lanewise(VectorOperators.LSHR, 16);
      IntVector low2 = r.add(delta).mul(s2).reinterpretAsInts().add(half).lanewise(VectorOperators.LSHR, 16);
      estimate.mul(factor).add(delta.mul(factor)).intoMemorySegment(out, oo + low, ORDER);

      half = noise.lanewise(VectorOperators.LSHR, 16);
      p = pairs0.and(HIGH).reinterpretAsFloats().mul(d0);
      q = pairs1.and(HIGH).reinterpretAsFloats().mul(d1);
      r = pairs2.and(HIGH).reinterpretAsFloats().mul(d2);
      smaller = q.blend(p, p.compare(VectorOperators.LT, q));
      larger = q.blend(p, p.compare(VectorOperators.GT, q));
      larger = r.blend(larger, larger.compare(VectorOperators.LT, r));
      estimate = larger.blend(smaller, smaller.compare(VectorOperators.GT, larger));
      added = FloatVector.fromMemorySegment(FLOATS, x, xo + high, ORDER);
      added = added.blend(nan, added.compare(VectorOperators.NE, added));
      delta = added.mul(ofNew).add(estimate.mul(ofOld), hasOld);
      low0.or(p.add(delta).mul(s0).reinterpretAsInts().add(half).and(HIGH)).intoMemorySegment(cells, o0 + at, ORDER);
      low1.or(q.add(delta).mul(s1).reinterpretAsInts().add(half).and(HIGH)).intoMemorySegment(cells, o1 + at, ORDER);
      low2.or(r.add(delta).mul(s2).reinterpretAsInts().add(half).and(HIGH)).intoMemorySegment(cells, o2 + at, ORDER);
      estimate.mul(factor).add(delta.mul(factor)).intoMemorySegment(out, oo + high, ORDER);
    }
  }

  private static void updateMinimum(MemorySegment cells, RowCells row, int n, MemorySegment x, long xo,
      MemorySegment out, long oo) {
    long[] offsets = row.offsets;
    int depth = row.depth;
    FloatVector ofCell = FloatVector.broadcast(FLOATS, row.ofCell);
    FloatVector ofOld = FloatVector.broadcast(FLOATS, row.ofOld);
    VectorMask<Float> hasOld = FLOATS.maskAll(row.ofOld != 0);
    FloatVector ofNew = FloatVector.broadcast(FLOATS, row.ofNew);
    FloatVector factor = FloatVector.broadcast(FLOATS, row.factor);
    FloatVector nan = FloatVector.broadcast(FLOATS, Float.NaN);
    for (long at = 0; at < 2L * n; at += BYTES) {
      long low = at + (at & -GROUP_BYTES);
      long high = low + GROUP_BYTES;
      IntVector pairs = IntVector.fromMemorySegment(INTS, cells, offsets[0] + at, ORDER);
      FloatVector lowEstimate = pairs.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().mul(ofCell);
      FloatVector highEstimate = pairs.and(HIGH).reinterpretAsFloats().mul(ofCell);
      for (int j = 1; j < depth; j++) {
        pairs = IntVector.fromMemorySegment(INTS, cells, offsets[j] + at, ORDER);
        FloatVector other = pairs.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().mul(ofCell);
        lowEstimate = other.blend(lowEstimate, lowEstimate.compare(VectorOperators.LT, other));
        other = pairs.and(HIGH).reinterpretAsFloats().mul(ofCell);
        highEstimate = other.blend(highEstimate, highEstimate.compare(VectorOperators.LT, other));
      }
      FloatVector lowDelta = FloatVector.fromMemorySegment(FLOATS, x, xo + low, ORDER);
      lowDelta = lowDelta.blend(nan, lowDelta.compare(VectorOperators.NE, lowDelta));
      lowDelta = lowDelta.mul(ofNew).add(lowEstimate.mul(ofOld), hasOld);
      FloatVector highDelta = FloatVector.fromMemorySegment(FLOATS, x, xo + high, ORDER);
      highDelta = highDelta.blend(nan, highDelta.compare(VectorOperators.NE, highDelta));
      highDelta = highDelta.mul(ofNew).add(highEstimate.mul(ofOld), hasOld);
      IntVector noise = IOTA.add(row.key + (int) at / 4);
      noise = noise.lanewise(VectorOperators.XOR, noise.lanewise(VectorOperators.LSHR, 16)).mul(0x85EBCA6B);
      noise = noise.lanewise(VectorOperators.XOR, noise.lanewise(VectorOperators.LSHR, 13)).mul(0xC2B2AE35);
      noise = noise.lanewise(VectorOperators.XOR, noise.lanewise(VectorOperators.LSHR, 16));
      IntVector lowNoise = noise.and(0xFFFF);
      IntVector highNoise = noise.lanewise(VectorOperators.LSHR, 16);
      for (int j = 0; j < depth; j++) {
        pairs = IntVector.fromMemorySegment(INTS, cells, offsets[j] + at, ORDER);
        IntVector lows = pairs.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().mul(ofCell).add(lowDelta)
            .reinterpretAsInts().add(lowNoise).lanewise(VectorOperators.LSHR, 16);
        pairs.and(HIGH).reinterpretAsFloats().mul(ofCell).add(highDelta).reinterpretAsInts().add(highNoise).and(HIGH)
            .or(lows).intoMemorySegment(cells, offsets[j] + at, ORDER);
      }
      lowEstimate.mul(factor).add(lowDelta.mul(factor)).intoMemorySegment(out, oo + low, ORDER);
      highEstimate.mul(factor).add(highDelta.mul(factor)).intoMemorySegment(out, oo + high, ORDER);
    }
  }
}
