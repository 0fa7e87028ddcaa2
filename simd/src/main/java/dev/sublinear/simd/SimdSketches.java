/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.simd;

import dev.sublinear.kernel.Kernels;
import dev.sublinear.kernel.RowCells;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The passes over the float32 cells of a sketch, for whole vectors; {@link SimdKernels} calls them and does the rest.
 *
 * <p>{@link #adam} does in one loop what four could: seven rows of memory in seven places are then waited for together.
 * Its body is long, and written out without helper methods, because of the rule of {@link SimdKernels} that no vector
 * leaves a method: C2 gives up inlining of methods that are not the JDK's own in a method of this size, and would make
 * an object of every vector (five times slower in cache).
 */
final class SimdSketches {
  /** The depth that the loops for medians, packed cells too, and for both moments of Adam are written for. */
  static final int DEPTH = 3;

  private static final VectorSpecies<Float> FLOATS = SimdKernels.FLOATS;
  private static final int BYTES = SimdKernels.BYTES;
  private static final ByteOrder ORDER = SimdKernels.ORDER;

  private SimdSketches() {}

  /**
   * {@link Kernels#updateSketch} of the first {@code n}, whole vectors, of float32 cells; returns how many it has done.
   */
  static int update(MemorySegment cells, RowCells row, int n, MemorySegment x, long xo, MemorySegment out, long oo) {
    if (!row.isMedian) {
      updateMinimum(cells, row, n, x, xo, out, oo);
      return n;
    }
    if (row.depth == DEPTH) {
      updateMedian(cells, row, n, x, xo, out, oo);
      return n;
    }
    if (row.depth == 5) {
      updateMedianOfFive(cells, row, n, x, xo, out, oo);
      return n;
    }
    return 0;
  }

  /** Whether {@link #adam} is there for these moments. */
  static boolean isOnePass(RowCells m, RowCells v) {
    return m.isMedian && m.depth == DEPTH && !v.isMedian && v.depth == DEPTH && !m.isPacked && !v.isPacked;
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
    for (long b = 0; b < 4L * n; b += BYTES) {
      FloatVector p = FloatVector.fromMemorySegment(FLOATS, cells, o0 + b, ORDER).mul(d0);
      FloatVector q = FloatVector.fromMemorySegment(FLOATS, cells, o1 + b, ORDER).mul(d1);
      FloatVector r = FloatVector.fromMemorySegment(FLOATS, cells, o2 + b, ORDER).mul(d2);
      FloatVector smaller = q.blend(p, p.compare(VectorOperators.LT, q));
      FloatVector larger = q.blend(p, p.compare(VectorOperators.GT, q));
      larger = r.blend(larger, larger.compare(VectorOperators.LT, r));
      FloatVector estimate = larger.blend(smaller, smaller.compare(VectorOperators.GT, larger));
      FloatVector delta =
          FloatVector.fromMemorySegment(FLOATS, x, xo + b, ORDER).mul(ofNew).add(estimate.mul(ofOld), hasOld);
      p.add(delta).mul(s0).intoMemorySegment(cells, o0 + b, ORDER);
      q.add(delta).mul(s1).intoMemorySegment(cells, o1 + b, ORDER);
      r.add(delta).mul(s2).intoMemorySegment(cells, o2 + b, ORDER);
      estimate.mul(factor).add(delta.mul(factor)).intoMemorySegment(out, oo + b, ORDER);
    }
  }

  /**
   * {@link #updateMedian} for depth 5, the same median as the scalar kernel's. A loop of its own and not one over the
   * depth, since vectors would then be kept in an array, or leave the method.
   */
  private static void updateMedianOfFive(MemorySegment cells, RowCells row, int n, MemorySegment x, long xo,
      MemorySegment out, long oo) {
    long o0 = row.offsets[0];
    long o1 = row.offsets[1];
    long o2 = row.offsets[2];
    long o3 = row.offsets[3];
    long o4 = row.offsets[4];
    FloatVector s0 = FloatVector.broadcast(FLOATS, row.signs[0]);
    FloatVector s1 = FloatVector.broadcast(FLOATS, row.signs[1]);
    FloatVector s2 = FloatVector.broadcast(FLOATS, row.signs[2]);
    FloatVector s3 = FloatVector.broadcast(FLOATS, row.signs[3]);
    FloatVector s4 = FloatVector.broadcast(FLOATS, row.signs[4]);
    FloatVector d0 = s0.mul(row.ofCell);
    FloatVector d1 = s1.mul(row.ofCell);
    FloatVector d2 = s2.mul(row.ofCell);
    FloatVector d3 = s3.mul(row.ofCell);
    FloatVector d4 = s4.mul(row.ofCell);
    FloatVector ofOld = FloatVector.broadcast(FLOATS, row.ofOld);
    VectorMask<Float> hasOld = FLOATS.maskAll(row.ofOld != 0);
    FloatVector ofNew = FloatVector.broadcast(FLOATS, row.ofNew);
    FloatVector factor = FloatVector.broadcast(FLOATS, row.factor);
    for (long b = 0; b < 4L * n; b += BYTES) {
      FloatVector p = FloatVector.fromMemorySegment(FLOATS, cells, o0 + b, ORDER).mul(d0);
      FloatVector q = FloatVector.fromMemorySegment(FLOATS, cells, o1 + b, ORDER).mul(d1);
      FloatVector r = FloatVector.fromMemorySegment(FLOATS, cells, o2 + b, ORDER).mul(d2);
      FloatVector t = FloatVector.fromMemorySegment(FLOATS, cells, o3 + b, ORDER).mul(d3);
      FloatVector u = FloatVector.fromMemorySegment(FLOATS, cells, o4 + b, ORDER).mul(d4);
      FloatVector low = q.blend(p, p.compare(VectorOperators.LT, q));
      FloatVector high = q.blend(p, p.compare(VectorOperators.GT, q));
      FloatVector smaller = t.blend(r, r.compare(VectorOperators.LT, t));
      FloatVector larger = t.blend(r, r.compare(VectorOperators.GT, t));
      low = smaller.blend(low, low.compare(VectorOperators.GT, smaller));
      high = larger.blend(high, high.compare(VectorOperators.LT, larger));
      smaller = high.blend(low, low.compare(VectorOperators.LT, high));
      larger = high.blend(low, low.compare(VectorOperators.GT, high));
      larger = u.blend(larger, larger.compare(VectorOperators.LT, u));
      FloatVector estimate = larger.blend(smaller, smaller.compare(VectorOperators.GT, larger));
      FloatVector delta =
          FloatVector.fromMemorySegment(FLOATS, x, xo + b, ORDER).mul(ofNew).add(estimate.mul(ofOld), hasOld);
      p.add(delta).mul(s0).intoMemorySegment(cells, o0 + b, ORDER);
      q.add(delta).mul(s1).intoMemorySegment(cells, o1 + b, ORDER);
      r.add(delta).mul(s2).intoMemorySegment(cells, o2 + b, ORDER);
      t.add(delta).mul(s3).intoMemorySegment(cells, o3 + b, ORDER);
      u.add(delta).mul(s4).intoMemorySegment(cells, o4 + b, ORDER);
      estimate.mul(factor).add(delta.mul(factor)).intoMemorySegment(out, oo + b, ORDER);
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
    for (long b = 0; b < 4L * n; b += BYTES) {
      FloatVector estimate = FloatVector.fromMemorySegment(FLOATS, cells, offsets[0] + b, ORDER).mul(ofCell);
      for (int j = 1; j < depth; j++) {
        FloatVector other = FloatVector.fromMemorySegment(FLOATS, cells, offsets[j] + b, ORDER).mul(ofCell);
        estimate = other.blend(estimate, estimate.compare(VectorOperators.LT, other));
      }
      FloatVector delta =
          FloatVector.fromMemorySegment(FLOATS, x, xo + b, ORDER).mul(ofNew).add(estimate.mul(ofOld), hasOld);
      for (int j = 0; j < depth; j++) {
        FloatVector.fromMemorySegment(FLOATS, cells, offsets[j] + b, ORDER).mul(ofCell).add(delta)
            .intoMemorySegment(cells, offsets[j] + b, ORDER);
      }
      estimate.mul(factor).add(delta.mul(factor)).intoMemorySegment(out, oo + b, ORDER);
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
    FloatVector d0 = s0.mul(m.ofCell);
    FloatVector d1 = s1.mul(m.ofCell);
    FloatVector d2 = s2.mul(m.ofCell);
    FloatVector mOfOld = FloatVector.broadcast(FLOATS, m.ofOld);
    VectorMask<Float> mHasOld = FLOATS.maskAll(m.ofOld != 0);
    FloatVector mOfNew = FloatVector.broadcast(FLOATS, m.ofNew);
    FloatVector mFactor = FloatVector.broadcast(FLOATS, m.factor);
    FloatVector vOfCell = FloatVector.broadcast(FLOATS, v.ofCell);
    FloatVector vOfOld = FloatVector.broadcast(FLOATS, v.ofOld);
    VectorMask<Float> vHasOld = FLOATS.maskAll(v.ofOld != 0);
    FloatVector vOfNew = FloatVector.broadcast(FLOATS, v.ofNew);
    FloatVector vFactor = FloatVector.broadcast(FLOATS, v.factor);
    FloatVector mostRoots = FloatVector.broadcast(FLOATS, limit);
    FloatVector slack = FloatVector.broadcast(FLOATS, Kernels.slack(limit));
    FloatVector scale = FloatVector.broadcast(FLOATS, rootScale);
    FloatVector eps = FloatVector.broadcast(FLOATS, epsilon);
    FloatVector rate = FloatVector.broadcast(FLOATS, step);
    for (long b = 0; b < 4L * n; b += BYTES) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, g, go + b, ORDER);
      FloatVector p = FloatVector.fromMemorySegment(FLOATS, mCells, m0 + b, ORDER).mul(d0);
      FloatVector q = FloatVector.fromMemorySegment(FLOATS, mCells, m1 + b, ORDER).mul(d1);
      FloatVector r = FloatVector.fromMemorySegment(FLOATS, mCells, m2 + b, ORDER).mul(d2);
      FloatVector smaller = q.blend(p, p.compare(VectorOperators.LT, q));
      FloatVector larger = q.blend(p, p.compare(VectorOperators.GT, q));
      larger = r.blend(larger, larger.compare(VectorOperators.LT, r));
      FloatVector estimate = larger.blend(smaller, smaller.compare(VectorOperators.GT, larger));
      FloatVector delta = x.mul(mOfNew).add(estimate.mul(mOfOld), mHasOld);
      p.add(delta).mul(s0).intoMemorySegment(mCells, m0 + b, ORDER);
      q.add(delta).mul(s1).intoMemorySegment(mCells, m1 + b, ORDER);
      r.add(delta).mul(s2).intoMemorySegment(mCells, m2 + b, ORDER);
      FloatVector first = estimate.mul(mFactor).add(delta.mul(mFactor));

      p = FloatVector.fromMemorySegment(FLOATS, vCells, v0 + b, ORDER).mul(vOfCell);
      q = FloatVector.fromMemorySegment(FLOATS, vCells, v1 + b, ORDER).mul(vOfCell);
      r = FloatVector.fromMemorySegment(FLOATS, vCells, v2 + b, ORDER).mul(vOfCell);
      estimate = q.blend(p, p.compare(VectorOperators.LT, q));
      estimate = r.blend(estimate, estimate.compare(VectorOperators.LT, r));
      delta = x.mul(x).mul(vOfNew).add(estimate.mul(vOfOld), vHasOld);
      p.add(delta).intoMemorySegment(vCells, v0 + b, ORDER);
      q.add(delta).intoMemorySegment(vCells, v1 + b, ORDER);
      r.add(delta).intoMemorySegment(vCells, v2 + b, ORDER);

      FloatVector root = estimate.mul(vFactor).add(delta.mul(vFactor)).sqrt();
      FloatVector bound = root.mul(mostRoots).add(slack);
      FloatVector numerator = first.blend(bound, bound.compare(VectorOperators.LT, first));
      numerator = numerator.blend(bound.neg(), bound.neg().compare(VectorOperators.GT, numerator));
      FloatVector ratio = numerator.div(root.mul(scale).add(eps)).blend(numerator,
          numerator.compare(VectorOperators.EQ, 0));
      FloatVector.fromMemorySegment(FLOATS, theta, to + b, ORDER).sub(ratio.mul(rate)).intoMemorySegment(theta, to + b,
          ORDER);
    }
  }
}
