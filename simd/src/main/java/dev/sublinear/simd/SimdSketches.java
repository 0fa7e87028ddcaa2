/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.simd;

import dev.sublinear.kernel.Bfloat16;
import dev.sublinear.kernel.Kernels;
import dev.sublinear.kernel.RowCells;
import dev.sublinear.kernel.Scratch;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The passes over the cells of a sketch, for whole vectors; {@link SimdKernels} calls them and does the rest.
 *
 * <p>{@link #adam} and {@link #packedAdam} do in one loop what four could: seven rows of memory in seven places are then
 * waited for together. Their bodies are long, and written out without helper methods, because of the rule of
 * {@link SimdKernels} that no vector leaves a method: C2 gives up inlining of methods that are not the JDK's own in a
 * method of this size, and would make an object of every vector (five times slower in cache).
 */
final class SimdSketches {
  private static final int DEPTH = 3;

  private static final VectorSpecies<Float> FLOATS = SimdKernels.FLOATS;
  private static final VectorSpecies<Integer> INTS = SimdKernels.INTS;
  private static final int WIDTH = SimdKernels.WIDTH;
  private static final int BYTES = SimdKernels.BYTES;
  private static final ByteOrder ORDER = SimdKernels.ORDER;
  private static final int HIGH = SimdKernels.HIGH;
  private static final long GROUP_BYTES = 2L * Bfloat16.GROUP;
  private static final IntVector IOTA = SimdKernels.IOTA;

  private SimdSketches() {}

  /** {@link Kernels#updateSketch} of the first {@code n}, whole vectors, of float32 cells; returns how many it has done. */
  static int update(MemorySegment cells, RowCells row, int n, MemorySegment x, long xo, MemorySegment out, long oo) {
    if (!row.isMedian) {
      updateMinimum(cells, row, n, x, xo, out, oo);
      return n;
    }
    if (row.depth == DEPTH) {
      updateMedian(cells, row, n, x, xo, out, oo);
      return n;
    }
    return 0;
  }

  /** Whether {@link #adam} or {@link #packedAdam} is there for these moments. */
  static boolean isOnePass(RowCells m, RowCells v) {
    return m.isMedian && m.depth == DEPTH && !v.isMedian && v.depth == DEPTH && m.isPacked == v.isPacked
        && (!m.isPacked || (m.factor == 1 && v.factor == 1 && m.ofCell == 1 && v.ofCell == 1));
  }

  private static void updateMedian(MemorySegment cells, RowCells row, int n, MemorySegment x, long xo,
      MemorySegment out, long oo) {
    long o0 = row.offsets[0];
    long o1 = row.offsets[1];
    long o2 = row.offsets[2];
    FloatVector s0 = FloatVector.broadcast(FLOATS, row.signs[0]);
    FloatVector s1 = FloatVector.broadcast(FLOATS, row.signs[1]);
    FloatVector s2 = FloatVector.broadcast(FLOATS, row.signs[2]);
    FloatVector ofCell = FloatVector.broadcast(FLOATS, row.ofCell);
    FloatVector ofOld = FloatVector.broadcast(FLOATS, row.ofOld);
    FloatVector ofNew = FloatVector.broadcast(FLOATS, row.ofNew);
    FloatVector factor = FloatVector.broadcast(FLOATS, row.factor);
    for (long b = 0; b < 4L * n; b += BYTES) {
      FloatVector c0 = FloatVector.fromMemorySegment(FLOATS, cells, o0 + b, ORDER);
      FloatVector c1 = FloatVector.fromMemorySegment(FLOATS, cells, o1 + b, ORDER);
      FloatVector c2 = FloatVector.fromMemorySegment(FLOATS, cells, o2 + b, ORDER);
      FloatVector p = c0.mul(s0);
      FloatVector q = c1.mul(s1);
      FloatVector r = c2.mul(s2);
      FloatVector smaller = q.blend(p, p.compare(VectorOperators.LT, q));
      FloatVector larger = q.blend(p, p.compare(VectorOperators.GT, q));
      larger = r.blend(larger, larger.compare(VectorOperators.LT, r));
      FloatVector estimate = larger.blend(smaller, smaller.compare(VectorOperators.GT, larger));
      FloatVector delta = estimate.mul(ofOld).add(FloatVector.fromMemorySegment(FLOATS, x, xo + b, ORDER).mul(ofNew));
      c0.mul(ofCell).add(delta.mul(s0)).intoMemorySegment(cells, o0 + b, ORDER);
      c1.mul(ofCell).add(delta.mul(s1)).intoMemorySegment(cells, o1 + b, ORDER);
      c2.mul(ofCell).add(delta.mul(s2)).intoMemorySegment(cells, o2 + b, ORDER);
      estimate.mul(ofCell).mul(factor).add(delta.mul(factor)).intoMemorySegment(out, oo + b, ORDER);
    }
  }

  private static void updateMinimum(MemorySegment cells, RowCells row, int n, MemorySegment x, long xo,
      MemorySegment out, long oo) {
    long[] offsets = row.offsets;
    int depth = row.depth;
    FloatVector ofCell = FloatVector.broadcast(FLOATS, row.ofCell);
    FloatVector ofOld = FloatVector.broadcast(FLOATS, row.ofOld);
    FloatVector ofNew = FloatVector.broadcast(FLOATS, row.ofNew);
    FloatVector factor = FloatVector.broadcast(FLOATS, row.factor);
    for (long b = 0; b < 4L * n; b += BYTES) {
      FloatVector estimate = FloatVector.fromMemorySegment(FLOATS, cells, offsets[0] + b, ORDER);
      for (int j = 1; j < depth; j++) {
        FloatVector other = FloatVector.fromMemorySegment(FLOATS, cells, offsets[j] + b, ORDER);
        estimate = other.blend(estimate, estimate.compare(VectorOperators.LT, other));
      }
      FloatVector delta = estimate.mul(ofOld).add(FloatVector.fromMemorySegment(FLOATS, x, xo + b, ORDER).mul(ofNew));
      for (int j = 0; j < depth; j++) {
        FloatVector.fromMemorySegment(FLOATS, cells, offsets[j] + b, ORDER).mul(ofCell).add(delta)
            .intoMemorySegment(cells, offsets[j] + b, ORDER);
      }
      estimate.mul(ofCell).mul(factor).add(delta.mul(factor)).intoMemorySegment(out, oo + b, ORDER);
    }
  }

  /** {@link Kernels#adamOfSketches} of the first {@code n}, whole vectors, float32 cells, depth 3. */
  static void adam(MemorySegment theta, long to, int n, MemorySegment g, long go, MemorySegment mCells, RowCells m,
      MemorySegment vCells, RowCells v, float step,
      float rootScale, float epsilon, float limit) {
    long m0 = m.offsets[0];
    long m1 = m.offsets[1];
    long m2 = m.offsets[2];
    long v0 = v.offsets[0];
    long v1 = v.offsets[1];
    long v2 = v.offsets[2];
    FloatVector s0 = FloatVector.broadcast(FLOATS, m.signs[0]);
    FloatVector s1 = FloatVector.broadcast(FLOATS, m.signs[1]);
    FloatVector s2 = FloatVector.broadcast(FLOATS, m.signs[2]);
    FloatVector mOfCell = FloatVector.broadcast(FLOATS, m.ofCell);
    FloatVector mOfOld = FloatVector.broadcast(FLOATS, m.ofOld);
    FloatVector mOfNew = FloatVector.broadcast(FLOATS, m.ofNew);
    FloatVector mFactor = FloatVector.broadcast(FLOATS, m.factor);
    FloatVector vOfCell = FloatVector.broadcast(FLOATS, v.ofCell);
    FloatVector vOfOld = FloatVector.broadcast(FLOATS, v.ofOld);
    FloatVector vOfNew = FloatVector.broadcast(FLOATS, v.ofNew);
    FloatVector vFactor = FloatVector.broadcast(FLOATS, v.factor);
    FloatVector mostRoots = FloatVector.broadcast(FLOATS, limit);
    FloatVector slack = FloatVector.broadcast(FLOATS, Kernels.slack(limit));
    FloatVector scale = FloatVector.broadcast(FLOATS, rootScale);
    FloatVector eps = FloatVector.broadcast(FLOATS, epsilon);
    FloatVector rate = FloatVector.broadcast(FLOATS, step);
    for (long b = 0; b < 4L * n; b += BYTES) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, g, go + b, ORDER);
      FloatVector c0 = FloatVector.fromMemorySegment(FLOATS, mCells, m0 + b, ORDER);
      FloatVector c1 = FloatVector.fromMemorySegment(FLOATS, mCells, m1 + b, ORDER);
      FloatVector c2 = FloatVector.fromMemorySegment(FLOATS, mCells, m2 + b, ORDER);
      FloatVector p = c0.mul(s0);
      FloatVector q = c1.mul(s1);
      FloatVector r = c2.mul(s2);
      FloatVector smaller = q.blend(p, p.compare(VectorOperators.LT, q));
      FloatVector larger = q.blend(p, p.compare(VectorOperators.GT, q));
      larger = r.blend(larger, larger.compare(VectorOperators.LT, r));
      FloatVector estimate = larger.blend(smaller, smaller.compare(VectorOperators.GT, larger));
      FloatVector delta = estimate.mul(mOfOld).add(x.mul(mOfNew));
      c0.mul(mOfCell).add(delta.mul(s0)).intoMemorySegment(mCells, m0 + b, ORDER);
      c1.mul(mOfCell).add(delta.mul(s1)).intoMemorySegment(mCells, m1 + b, ORDER);
      c2.mul(mOfCell).add(delta.mul(s2)).intoMemorySegment(mCells, m2 + b, ORDER);
      FloatVector first = estimate.mul(mOfCell).mul(mFactor).add(delta.mul(mFactor));

      c0 = FloatVector.fromMemorySegment(FLOATS, vCells, v0 + b, ORDER);
      c1 = FloatVector.fromMemorySegment(FLOATS, vCells, v1 + b, ORDER);
      c2 = FloatVector.fromMemorySegment(FLOATS, vCells, v2 + b, ORDER);
      estimate = c1.blend(c0, c0.compare(VectorOperators.LT, c1));
      estimate = c2.blend(estimate, estimate.compare(VectorOperators.LT, c2));
      delta = estimate.mul(vOfOld).add(x.mul(x).mul(vOfNew));
      c0.mul(vOfCell).add(delta).intoMemorySegment(vCells, v0 + b, ORDER);
      c1.mul(vOfCell).add(delta).intoMemorySegment(vCells, v1 + b, ORDER);
      c2.mul(vOfCell).add(delta).intoMemorySegment(vCells, v2 + b, ORDER);

      FloatVector root = estimate.mul(vOfCell).mul(vFactor).add(delta.mul(vFactor)).sqrt();
      FloatVector bound = root.mul(mostRoots).add(slack);
      FloatVector numerator = first.blend(bound, bound.compare(VectorOperators.LT, first));
      numerator = numerator.blend(bound.neg(), bound.neg().compare(VectorOperators.GT, numerator));
      FloatVector ratio = numerator.div(root.mul(scale).add(eps)).blend(numerator,
          numerator.compare(VectorOperators.EQ, 0));
      FloatVector.fromMemorySegment(FLOATS, theta, to + b, ORDER).sub(ratio.mul(rate)).intoMemorySegment(theta, to + b,
          ORDER);
    }
  }

  /**
   * {@link Kernels#adamOfSketches} of the first {@code n}, whole groups, packed cells, depth 3, factor 1, no factor of
   * the cells: with one the loop is so long that C2 makes an object of a vector in each call.
   *
   * <p>A NaN gradient is made the NaN whose lower half is 0, as all others here are: no noise can carry out of it.
   */
  static void packedAdam(MemorySegment theta, long to, int n, MemorySegment g, long go, MemorySegment mCells,
      RowCells m, MemorySegment vCells, RowCells v,
      float step, float rootScale, float epsilon, float limit, Scratch scratch) {
    MemorySegment random = scratch.memory;
    long mNoise = Scratch.run(Scratch.CELL_RUN);
    long vNoise = Scratch.run(Scratch.CELL_RUN + 1);
    fillNoise(random, mNoise, n / 2, m.key);
    fillNoise(random, vNoise, n / 2, v.key);

    long m0 = m.offsets[0];
    long m1 = m.offsets[1];
    long m2 = m.offsets[2];
    long v0 = v.offsets[0];
    long v1 = v.offsets[1];
    long v2 = v.offsets[2];
    FloatVector s0 = FloatVector.broadcast(FLOATS, m.signs[0]);
    FloatVector s1 = FloatVector.broadcast(FLOATS, m.signs[1]);
    FloatVector s2 = FloatVector.broadcast(FLOATS, m.signs[2]);
    FloatVector mOfOld = FloatVector.broadcast(FLOATS, m.ofOld);
    FloatVector mOfNew = FloatVector.broadcast(FLOATS, m.ofNew);
    FloatVector vOfOld = FloatVector.broadcast(FLOATS, v.ofOld);
    FloatVector vOfNew = FloatVector.broadcast(FLOATS, v.ofNew);
    FloatVector mostRoots = FloatVector.broadcast(FLOATS, limit);
    FloatVector slack = FloatVector.broadcast(FLOATS, Kernels.slack(limit));
    FloatVector scale = FloatVector.broadcast(FLOATS, rootScale);
    FloatVector eps = FloatVector.broadcast(FLOATS, epsilon);
    FloatVector rate = FloatVector.broadcast(FLOATS, step);
    FloatVector nan = FloatVector.broadcast(FLOATS, Float.NaN);
    for (long at = 0; at < 2L * n; at += BYTES) {
      long low = at + (at & -GROUP_BYTES); // float32 takes twice the bytes of the groups before this one
      long high = low + GROUP_BYTES;
      IntVector noise = IntVector.fromMemorySegment(INTS, random, mNoise + at, ORDER);
      IntVector lowNoise = noise.and(0xFFFF);
      IntVector highNoise = noise.lanewise(VectorOperators.LSHR, 16);
      IntVector pairs0 = IntVector.fromMemorySegment(INTS, mCells, m0 + at, ORDER);
      IntVector pairs1 = IntVector.fromMemorySegment(INTS, mCells, m1 + at, ORDER);
      IntVector pairs2 = IntVector.fromMemorySegment(INTS, mCells, m2 + at, ORDER);

      FloatVector lowX = FloatVector.fromMemorySegment(FLOATS, g, go + low, ORDER);
      lowX = lowX.blend(nan, lowX.compare(VectorOperators.NE, lowX));
      FloatVector c0 = pairs0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector c1 = pairs1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector c2 = pairs2.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector p = c0.mul(s0);
      FloatVector q = c1.mul(s1);
      FloatVector r = c2.mul(s2);
      FloatVector smaller = q.blend(p, p.compare(VectorOperators.LT, q));
      FloatVector larger = q.blend(p, p.compare(VectorOperators.GT, q));
      larger = r.blend(larger, larger.compare(VectorOperators.LT, r));
      FloatVector estimate = larger.blend(smaller, smaller.compare(VectorOperators.GT, larger));
      FloatVector delta = estimate.mul(mOfOld).add(lowX.mul(mOfNew));
      IntVector low0 = c0.add(delta.mul(s0)).reinterpretAsInts().add(lowNoise).lanewise(VectorOperators.LSHR, 16);
      IntVector low1 = c1.add(delta.mul(s1)).reinterpretAsInts().add(lowNoise).lanewise(VectorOperators.LSHR, 16);
      IntVector low2 = c2.add(delta.mul(s2)).reinterpretAsInts().add(lowNoise).lanewise(VectorOperators.LSHR, 16);
      FloatVector lowFirst = estimate.add(delta);

      FloatVector highX = FloatVector.fromMemorySegment(FLOATS, g, go + high, ORDER);
      highX = highX.blend(nan, highX.compare(VectorOperators.NE, highX));
      c0 = pairs0.and(HIGH).reinterpretAsFloats();
      c1 = pairs1.and(HIGH).reinterpretAsFloats();
      c2 = pairs2.and(HIGH).reinterpretAsFloats();
      p = c0.mul(s0);
      q = c1.mul(s1);
      r = c2.mul(s2);
      smaller = q.blend(p, p.compare(VectorOperators.LT, q));
      larger = q.blend(p, p.compare(VectorOperators.GT, q));
      larger = r.blend(larger, larger.compare(VectorOperators.LT, r));
      estimate = larger.blend(smaller, smaller.compare(VectorOperators.GT, larger));
      delta = estimate.mul(mOfOld).add(highX.mul(mOfNew));
      low0.or(c0.add(delta.mul(s0)).reinterpretAsInts().add(highNoise).and(HIGH)).intoMemorySegment(mCells,
          m0 + at, ORDER);
      low1.or(c1.add(delta.mul(s1)).reinterpretAsInts().add(highNoise).and(HIGH)).intoMemorySegment(mCells,
          m1 + at, ORDER);
      low2.or(c2.add(delta.mul(s2)).reinterpretAsInts().add(highNoise).and(HIGH)).intoMemorySegment(mCells,
          m2 + at, ORDER);
      FloatVector highFirst = estimate.add(delta);

      noise = IntVector.fromMemorySegment(INTS, random, vNoise + at, ORDER);
      lowNoise = noise.and(0xFFFF);
      highNoise = noise.lanewise(VectorOperators.LSHR, 16);
      pairs0 = IntVector.fromMemorySegment(INTS, vCells, v0 + at, ORDER);
      pairs1 = IntVector.fromMemorySegment(INTS, vCells, v1 + at, ORDER);
      pairs2 = IntVector.fromMemorySegment(INTS, vCells, v2 + at, ORDER);

      c0 = pairs0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      c1 = pairs1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      c2 = pairs2.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      estimate = c1.blend(c0, c0.compare(VectorOperators.LT, c1));
      estimate = c2.blend(estimate, estimate.compare(VectorOperators.LT, c2));
      delta = estimate.mul(vOfOld).add(lowX.mul(lowX).mul(vOfNew));
      low0 = c0.add(delta).reinterpretAsInts().add(lowNoise).lanewise(VectorOperators.LSHR, 16);
      low1 = c1.add(delta).reinterpretAsInts().add(lowNoise).lanewise(VectorOperators.LSHR, 16);
      low2 = c2.add(delta).reinterpretAsInts().add(lowNoise).lanewise(VectorOperators.LSHR, 16);
      FloatVector lowSecond = estimate.add(delta);

      c0 = pairs0.and(HIGH).reinterpretAsFloats();
      c1 = pairs1.and(HIGH).reinterpretAsFloats();
      c2 = pairs2.and(HIGH).reinterpretAsFloats();
      estimate = c1.blend(c0, c0.compare(VectorOperators.LT, c1));
      estimate = c2.blend(estimate, estimate.compare(VectorOperators.LT, c2));
      delta = estimate.mul(vOfOld).add(highX.mul(highX).mul(vOfNew));
      low0.or(c0.add(delta).reinterpretAsInts().add(highNoise).and(HIGH)).intoMemorySegment(vCells,
          v0 + at, ORDER);
      low1.or(c1.add(delta).reinterpretAsInts().add(highNoise).and(HIGH)).intoMemorySegment(vCells,
          v1 + at, ORDER);
      low2.or(c2.add(delta).reinterpretAsInts().add(highNoise).and(HIGH)).intoMemorySegment(vCells,
          v2 + at, ORDER);
      FloatVector highSecond = estimate.add(delta);

      FloatVector lowRoot = lowSecond.sqrt();
      FloatVector lowBound = lowRoot.mul(mostRoots).add(slack);
      FloatVector lowNumerator = lowFirst.blend(lowBound, lowBound.compare(VectorOperators.LT, lowFirst));
      lowNumerator = lowNumerator.blend(lowBound.neg(), lowBound.neg().compare(VectorOperators.GT, lowNumerator));
      FloatVector lowRatio = lowNumerator.div(lowRoot.mul(scale).add(eps)).blend(lowNumerator,
          lowNumerator.compare(VectorOperators.EQ, 0));
      FloatVector.fromMemorySegment(FLOATS, theta, to + low, ORDER).sub(lowRatio.mul(rate))
          .intoMemorySegment(theta, to + low, ORDER);
      FloatVector highRoot = highSecond.sqrt();
      FloatVector highBound = highRoot.mul(mostRoots).add(slack);
      FloatVector highNumerator = highFirst.blend(highBound, highBound.compare(VectorOperators.LT, highFirst));
      highNumerator = highNumerator.blend(highBound.neg(), highBound.neg().compare(VectorOperators.GT, highNumerator));
      FloatVector highRatio = highNumerator.div(highRoot.mul(scale).add(eps)).blend(highNumerator,
          highNumerator.compare(VectorOperators.EQ, 0));
      FloatVector.fromMemorySegment(FLOATS, theta, to + high, ORDER).sub(highRatio.mul(rate))
          .intoMemorySegment(theta, to + high, ORDER);
    }
  }

  /** {@code out[i] = Bfloat16.noise(key + i)}; by itself, because C1 refuses {@link #packedAdam} if it is any longer. */
  private static void fillNoise(MemorySegment out, long oo, int n, int key) {
    for (int i = 0; i < n; i += WIDTH) {
      IntVector hash = IOTA.add(key + i);
      hash = hash.lanewise(VectorOperators.XOR, hash.lanewise(VectorOperators.LSHR, 16)).mul(0x85EBCA6B);
      hash = hash.lanewise(VectorOperators.XOR, hash.lanewise(VectorOperators.LSHR, 13)).mul(0xC2B2AE35);
      hash.lanewise(VectorOperators.XOR, hash.lanewise(VectorOperators.LSHR, 16)).intoMemorySegment(out, oo + 4L * i,
          ORDER);
    }
  }
}
