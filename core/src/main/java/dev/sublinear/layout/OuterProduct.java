/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.kernel.Kernels;
import dev.sublinear.kernel.RowCells;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A matrix of rank one, u v^T: what {@link RankOne} and {@link RankOneSvd} estimate a moment by.
 *
 * @param u float32, one per row
 * @param v float32, one per column
 */
record OuterProduct(MemorySegment u, MemorySegment v) {
  private static final Kernels KERNELS = KernelSelection.current().kernels();

  /** All zero. */
  static OuterProduct allocate(Arena arena, long[] shape) {
    return new OuterProduct(arena.allocate(Math.multiplyExact(Shapes.rows(shape), (long) Float.BYTES), 64),
        arena.allocate(Math.multiplyExact(Shapes.columns(shape), (long) Float.BYTES), 64));
  }

  float row(long row) {
    return u.getAtIndex(ValueLayout.JAVA_FLOAT, row);
  }

  void setRow(long row, double value) {
    u.setAtIndex(ValueLayout.JAVA_FLOAT, row, (float) value);
  }

  /** As {@link RowState#locate}: what a row has of its own is its u. */
  static void locate(long[] rows, int count, RowCells[] at) {
    for (int i = 0; i < count; i++) {
      at[i].depth = 1;
      at[i].offsets[0] = Float.BYTES * rows[i];
    }
  }

  /** {@code out[0..n) = u[row] v[column..column+n)}. */
  void write(long row, int column, int n, MemorySegment out, long oo) {
    MemorySegment.copy(v, 4L * column, out, oo, 4L * n);
    KERNELS.scale(out, oo, n, row(row));
  }
}
