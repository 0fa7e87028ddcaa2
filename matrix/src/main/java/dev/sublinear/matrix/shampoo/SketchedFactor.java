/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.shampoo;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.kernel.Kernels;
import dev.sublinear.layout.StateArray;
import dev.sublinear.matrix.linear.LinearAlgebra;
import dev.sublinear.matrix.sketch.ShrinkingStep;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The sketch of one axis of {@link SketchedShampoo}: float32 directions, orthonormal to rounding, and scalars; rows of
 * directions without an eigenvalue are 0.
 */
final class SketchedFactor implements Factor {
  /**
   * The factors of a rule with these hyper-parameters.
   *
   * @param rootsFollow whether there is a new root whenever the statistics change, so that both have the same
   *     directions
   */
  record Kind(Sketching sketching, boolean rootsFollow) implements Factor.Kind {
    private int rank(int d) {
      return Math.min(d, sketching.rank());
    }

    @Override
    public long floats(int d) {
      long directions = (long) rank(d) * d;
      return (rootsFollow ? 1 : 2) * directions + 2L * rank(d) + 2;
    }

    @Override
    public long workBytes(int d, long others) {
      long rows = rank(d) + others;
      return 8 * (rows * d + (long) rank(d) * d) + ShrinkingStep.workBytes(rows, d);
    }

    @Override
    public Factor allocate(int d, int order, Arena arena) {
      return new SketchedFactor(this, d, order, arena);
    }
  }

  /**
   * Smaller eigenvalues, relative to the largest, have directions that are not orthogonal to the largest in float32.
   */
  private static final double NEGLIGIBLE = 1e-10;

  private static final Kernels KERNELS = KernelSelection.current().kernels();

  private final LinearAlgebra algebra = LinearAlgebra.openBlas();
  private final ShrinkingStep shrinking = new ShrinkingStep(algebra);
  private final Sketching sketching;
  private final int d;
  private final int rank;
  private final double exponent;
  private final boolean rootsFollow;
  private final MemorySegment directions;
  /** Those of the last root; the same memory if every change of the statistics is followed by a root. */
  private final MemorySegment rootDirections;
  /** Roots of the eigenvalues [rank], these under the root [rank], root of the escaped mass, this under the root. */
  private final MemorySegment scalars;

  private SketchedFactor(Kind kind, int d, int order, Arena arena) {
    sketching = kind.sketching;
    this.d = d;
    rank = kind.rank(d);
    rootsFollow = kind.rootsFollow;
    exponent = -0.5 / order;
    directions = arena.allocate(4L * rank * d, 64);
    rootDirections = rootsFollow ? directions : arena.allocate(4L * rank * d, 64);
    scalars = arena.allocate(4L * (2 * rank + 2), 64);
    setIdentity();
  }

  private double get(int scalar) {
    return scalars.getAtIndex(JAVA_FLOAT, scalar);
  }

  private void set(int scalar, double value) {
    scalars.setAtIndex(JAVA_FLOAT, scalar, (float) value);
  }

  @Override
  public boolean accumulate(MemorySegment block, int before, int after, MemorySegment work) {
    int kept = stackSketch(work);
    stackGradient(block, before, after, work, kept);
    int rows = kept + before * after;
    MemorySegment found = work.asSlice(8L * rows * d, 8L * rank * d);
    MemorySegment rest = work.asSlice(8L * rows * d + found.byteSize());
    if (!shrinking.apply(rank + 1, rows, d, work, found, rest)) {
      return false;
    }
    double negligible = shrinking.kept() == 0 ? 0 : NEGLIGIBLE * shrinking.eigenvalue(0);
    for (int i = 0; i < rank; i++) {
      boolean counts = i < shrinking.kept() && shrinking.eigenvalue(i) > negligible;
      set(i, counts ? Math.sqrt(shrinking.eigenvalue(i)) : 0);
      for (long j = (long) i * d; j < (long) (i + 1) * d; j++) {
        directions.setAtIndex(JAVA_FLOAT, j, counts ? (float) found.getAtIndex(JAVA_DOUBLE, j) : 0);
      }
    }
    double tail = get(2 * rank) * get(2 * rank) * sketching.tail().factor(sketching.beta2());
    set(2 * rank, Math.sqrt(tail + shrinking.escapedMass()));
    return true;
  }

  /**
   * Writes sqrt(beta2) times the root of the sketch, a row for every direction with an eigenvalue; returns their
   * number.
   */
  private int stackSketch(MemorySegment rows) {
    int kept = 0;
    double decay = Math.sqrt(sketching.beta2());
    for (int i = 0; i < rank; i++) {
      double scale = decay * get(i);
      if (scale > 0) {
        for (int j = 0; j < d; j++) {
          rows.setAtIndex(JAVA_DOUBLE, (long) kept * d + j,
              scale * directions.getAtIndex(JAVA_FLOAT, (long) i * d + j));
        }
        kept++;
      }
    }
    return kept;
  }

  /** Writes the columns of the block's unfolding, a row each. */
  private void stackGradient(MemorySegment block, int before, int after, MemorySegment rows, int first) {
    for (int a = 0; a < before; a++) {
      for (int i = 0; i < d; i++) {
        long from = ((long) a * d + i) * after;
        long to = ((long) first + (long) a * after) * d + i;
        for (int j = 0; j < after; j++) {
          rows.setAtIndex(JAVA_DOUBLE, to + (long) j * d, block.getAtIndex(JAVA_FLOAT, from + j));
        }
      }
    }
  }

  @Override
  public boolean root(MemorySegment work) {
    double tail = get(2 * rank) * get(2 * rank);
    double largest = tail;
    for (int i = 0; i < rank; i++) {
      largest = Math.max(largest, get(i) * get(i) + tail);
    }
    if (largest == 0) {
      setIdentity();
    } else {
      setRoot(tail, sketching.eps() * largest);
    }
    if (!rootsFollow) {
      rootDirections.copyFrom(directions);
    }
    return true;
  }

  /** Also where the mass is gone again: a root of nothing would be 0 and stop the tensor until the next one. */
  private void setIdentity() {
    for (int i = 0; i < rank; i++) {
      set(rank + i, 1);
    }
    set(2 * rank + 1, 1);
  }

  private void setRoot(double tail, double eps) {
    double ofTail = tail > 0 ? Math.pow(tail + eps, exponent) : 0;
    for (int i = 0; i < rank; i++) {
      double value = get(i) * get(i);
      set(rank + i, value > 0 ? Math.pow(value + tail + eps, exponent) : ofTail);
    }
    set(2 * rank + 1, ofTail);
  }

  @Override
  public boolean apply(MemorySegment block, MemorySegment spare, int before, int after) {
    float ofTail = scalars.getAtIndex(JAVA_FLOAT, 2L * rank + 1);
    if (after == 1) {
      algebra.multiplyFloat(false, true, before, rank, d, 1, block, rootDirections, 0, spare);
      for (int i = 0; i < rank; i++) {
        float factor = scalars.getAtIndex(JAVA_FLOAT, (long) rank + i) - ofTail;
        for (long at = i; at < (long) before * rank; at += rank) {
          spare.setAtIndex(JAVA_FLOAT, at, factor * spare.getAtIndex(JAVA_FLOAT, at));
        }
      }
      algebra.multiplyFloat(false, false, before, d, rank, 1, spare, rootDirections, ofTail, block);
      return false;
    }
    for (int a = 0; a < before; a++) {
      MemorySegment slice = block.asSlice(4L * a * d * after, 4L * d * after);
      algebra.multiplyFloat(false, false, rank, after, d, 1, rootDirections, slice, 0, spare);
      for (int i = 0; i < rank; i++) {
        float factor = scalars.getAtIndex(JAVA_FLOAT, (long) rank + i) - ofTail;
        KERNELS.scale(spare, 4L * i * after, after, factor);
      }
      algebra.multiplyFloat(true, false, d, after, rank, 1, rootDirections, spare, ofTail, slice);
    }
    return false;
  }

  @Override
  public List<StateArray> arrays(String prefix) {
    StateArray own = new StateArray(prefix + "directions", directions);
    StateArray rest = new StateArray(prefix + "scalars", scalars);
    return rootsFollow
        ? List.of(own, rest)
        : List.of(own, rest, new StateArray(prefix + "root-directions", rootDirections));
  }
}
