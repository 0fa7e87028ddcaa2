/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.shampoo;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.sublinear.layout.StateArray;
import dev.sublinear.matrix.linear.LinearAlgebra;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * L [d x d] &lt;- beta2 L + (1 - beta2) G G^T, G the unfolding [d x n], without the factor 1 - beta2 at beta2 = 1; root
 * L^(-1 / (2 order)), in which eigenvalues of at most {@code cut} times the largest count as 0 and 0^-x as 0. Float32
 * statistics and root, float64 eigenvalues; 8 d^2 bytes. Statistics of zeros leave the root as it is.
 */
final class WholeFactor implements Factor {
  /** The factors of a rule with these hyper-parameters. */
  record Kind(double beta2, double cut) implements Factor.Kind {
    @Override
    public long floats(int d) {
      return 2L * d * d;
    }

    @Override
    public long workBytes(int d, long others) {
      return 8 * (2L * d * d + d);
    }

    @Override
    public Factor allocate(int d, int order, Arena arena) {
      return new WholeFactor(this, d, order, arena);
    }
  }

  private final LinearAlgebra algebra = LinearAlgebra.openBlas();
  private final Kind kind;
  private final int d;
  private final double exponent;
  private final MemorySegment statistics;
  private final MemorySegment root;

  private WholeFactor(Kind kind, int d, int order, Arena arena) {
    this.kind = kind;
    this.d = d;
    exponent = -0.5 / order;
    statistics = arena.allocate(4L * d * d, 64);
    root = arena.allocate(4L * d * d, 64);
    for (int i = 0; i < d; i++) {
      root.setAtIndex(JAVA_FLOAT, (long) i * d + i, 1);
    }
  }

  @Override
  public boolean accumulate(MemorySegment block, int before, int after, MemorySegment work) {
    float scale = (float) (kind.beta2 < 1 ? 1 - kind.beta2 : 1);
    float decay = (float) kind.beta2;
    if (after == 1) {
      algebra.multiplyFloat(true, false, d, d, before, scale, block, block, decay, statistics);
      return true;
    }
    for (int a = 0; a < before; a++) {
      MemorySegment slice = block.asSlice(4L * a * d * after, 4L * d * after);
      algebra.multiplyFloat(false, true, d, d, after, scale, slice, slice, a == 0 ? decay : 1, statistics);
    }
    return true;
  }

  @Override
  public boolean root(MemorySegment work) {
    long elements = (long) d * d;
    MemorySegment vectors = work.asSlice(0, 8 * elements);
    MemorySegment product = work.asSlice(8 * elements, 8 * elements);
    MemorySegment values = work.asSlice(16 * elements, 8L * d);
    for (long i = 0; i < elements; i++) {
      vectors.setAtIndex(JAVA_DOUBLE, i, statistics.getAtIndex(JAVA_FLOAT, i));
    }
    if (!algebra.eigen(d, vectors, values)) {
      return false;
    }
    double largest = values.getAtIndex(JAVA_DOUBLE, d - 1);
    if (!Double.isFinite(largest)) {
      return false;
    }
    if (largest <= 0) {
      return true; // no gradient so far
    }
    for (int i = 0; i < d; i++) {
      double value = values.getAtIndex(JAVA_DOUBLE, i);
      // Half of the power on either side of the product V^T V.
      double factor = value > kind.cut * largest ? Math.pow(value, exponent / 2) : 0;
      for (long j = (long) i * d; j < (long) (i + 1) * d; j++) {
        vectors.setAtIndex(JAVA_DOUBLE, j, factor * vectors.getAtIndex(JAVA_DOUBLE, j));
      }
    }
    algebra.gram(true, d, d, 1, vectors, 0, product);
    for (long i = 0; i < elements; i++) {
      root.setAtIndex(JAVA_FLOAT, i, (float) product.getAtIndex(JAVA_DOUBLE, i));
    }
    return true;
  }

  @Override
  public boolean apply(MemorySegment block, MemorySegment spare, int before, int after) {
    if (after == 1) {
      algebra.multiplyFloat(false, false, before, d, d, 1, block, root, 0, spare);
      return true;
    }
    long bytes = 4L * d * after;
    for (int a = 0; a < before; a++) {
      algebra.multiplyFloat(false, false, d, after, d, 1, root, block.asSlice(a * bytes, bytes), 0,
          spare.asSlice(a * bytes, bytes));
    }
    return true;
  }

  @Override
  public List<StateArray> arrays(String prefix) {
    return List.of(new StateArray(prefix + "statistics", statistics), new StateArray(prefix + "root", root));
  }
}
