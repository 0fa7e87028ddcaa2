/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

import dev.sublinear.gradient.Gradient;
import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.kernel.Kernels;
import dev.sublinear.kernel.RowCells;
import dev.sublinear.kernel.Scratch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * A non-negative number for every slice of a tensor of at least two dimensions: what {@link Sm3Cover} keeps.
 *
 * <p>Maxima of a step are gathered apart and published at its end, since the step reads the old numbers. Columns are
 * those of the table, all dimensions but the first in one.
 */
final class Slices {
  private static final Kernels KERNELS = KernelSelection.current().kernels();
  /** What slices that were given up hold; the others are never negative. */
  private static final float GIVEN_UP = -1;

  private final MemorySegment rows;
  /** Of rows that are set a block of columns at a time, while their old numbers are read. */
  private final MemorySegment nextRows;
  /** Of all dimensions behind the first that are longer than 1, one after the other. */
  private final MemorySegment others;
  private final MemorySegment nextOthers;
  private final List<Dimension> dimensions = new ArrayList<>();
  private final int columns;
  /** Whether this step has them: it has rows, and nothing was given up. */
  private boolean hasOthers;

  /**
   * A dimension behind the first.
   *
   * @param name of its array
   * @param first its first slice among all of them
   * @param size how many slices it has
   * @param stride columns from one to the next
   */
  private record Dimension(String name, int first, int size, int stride) {
    int slice(int column) {
      return first + column / stride % size;
    }
  }

  /**
   * Allocates the numbers, all 0.
   *
   * @param setsRows whether there will be calls of {@link #setRow}, which take working memory where rows are long
   */
  Slices(Arena arena, long[] shape, boolean setsRows) {
    columns = Math.toIntExact(Shapes.columns(shape));
    int stride = columns;
    int count = 0;
    for (int k = 1; k < shape.length; k++) {
      int size = (int) shape[k];
      stride /= size;
      if (size > 1) {
        dimensions.add(new Dimension("axis" + k, count, size, stride));
        count = Math.addExact(count, size);
      }
    }
    rows = floats(arena, Shapes.rows(shape));
    nextRows = setsRows && columns > Scratch.BLOCK ? floats(arena, Shapes.rows(shape)) : MemorySegment.NULL;
    others = floats(arena, count);
    nextOthers = floats(arena, count);
  }

  private static MemorySegment floats(Arena arena, long count) {
    return arena.allocate(Math.multiplyExact(count, (long) Float.BYTES), 64);
  }

  private static float get(MemorySegment floats, long index) {
    return floats.getAtIndex(ValueLayout.JAVA_FLOAT, index);
  }

  private static void set(MemorySegment floats, long index, float value) {
    floats.setAtIndex(ValueLayout.JAVA_FLOAT, index, value);
  }

  /** Begins a step; gives up all slices but the rows with the first gradient that leaves rows out. */
  void begin(Gradient gradient) {
    if (gradient.count() > 0 && gradient.count() < rows.byteSize() / Float.BYTES) {
      KERNELS.fill(others, 0, count(), GIVEN_UP);
    }
    hasOthers = gradient.count() > 0 && !areGivenUp();
    if (hasOthers) {
      nextOthers.fill((byte) 0);
    }
  }

  private int count() {
    return (int) (others.byteSize() / Float.BYTES);
  }

  private boolean areGivenUp() {
    return get(others, 0) == GIVEN_UP;
  }

  /** {@code out[c] = } the least of the slices of column c but its row; without any the greatest float. */
  void bounds(int column, int n, MemorySegment out, long oo) {
    Dimension last = dimensions.getLast();
    if (areGivenUp()) {
      KERNELS.fill(out, oo, n, Float.MAX_VALUE);
    } else if (last.size == columns) {
      MemorySegment.copy(others, 4L * column, out, oo, 4L * n);
    } else {
      for (int c = 0; c < n; c++) {
        float least = Float.MAX_VALUE;
        for (int k = 0; k < dimensions.size(); k++) {
          least = Math.min(least, get(others, dimensions.get(k).slice(column + c)));
        }
        out.set(ValueLayout.JAVA_FLOAT, oo + 4L * c, least);
      }
    }
  }

  /** {@code out[c] = } the least of all slices of an element. */
  void least(long row, int column, int n, MemorySegment out, long oo) {
    bounds(column, n, out, oo);
    for (long b = oo; b < oo + 4L * n; b += 4) {
      out.set(ValueLayout.JAVA_FLOAT, b, Math.min(row(row), out.get(ValueLayout.JAVA_FLOAT, b)));
    }
  }

  /**
   * Raises the next number of every slice but the rows to the greatest {@code x[c]} in it. Which thread comes first is
   * left open, because a maximum does not depend on it.
   */
  synchronized void raise(int column, int n, MemorySegment x, long xo) {
    if (!hasOthers) {
      return;
    }
    if (dimensions.getLast().size == columns) {
      KERNELS.maximum(nextOthers, 4L * column, n, x, xo, x, xo);
      return;
    }
    for (int c = 0; c < n; c++) {
      float value = x.get(ValueLayout.JAVA_FLOAT, xo + 4L * c);
      for (int k = 0; k < dimensions.size(); k++) {
        int slice = dimensions.get(k).slice(column + c);
        set(nextOthers, slice, Math.max(get(nextOthers, slice), value));
      }
    }
  }

  /** Publishes what {@link #raise} has gathered. */
  void end() {
    if (hasOthers) {
      others.copyFrom(nextOthers);
    }
  }

  /** Publishes it as {@code decay * old + scale * gathered}. */
  void endSum(float decay, float scale) {
    if (hasOthers) {
      KERNELS.decayAdd(others, 0, count(), decay, scale, nextOthers, 0, nextOthers, 0);
    }
  }

  float row(long row) {
    return get(rows, row);
  }

  MemorySegment rows() {
    return rows;
  }

  /**
   * Sets a row to the greatest number of its blocks of columns, which come in ascending order, with the last of them.
   */
  void setRow(long row, int column, int n, float greatest) {
    float sofar = column == 0 ? greatest : Math.max(get(nextRows, row), greatest);
    set(column + n == columns ? rows : nextRows, row, sofar);
  }

  void addToRow(long row, float decay, float scale, float x) {
    set(rows, row, decay * row(row) + scale * x);
  }

  /** As {@link RowState#locate}: what a row has of its own is its number. */
  static void locate(long[] rows, int count, RowCells[] at) {
    for (int i = 0; i < count; i++) {
      at[i].depth = 1;
      at[i].offsets[0] = Float.BYTES * rows[i];
    }
  }

  List<StateArray> arrays() {
    List<StateArray> arrays = new ArrayList<>(List.of(new StateArray("rows", rows)));
    for (Dimension of : dimensions) {
      arrays.add(new StateArray(of.name, others.asSlice(4L * of.first, 4L * of.size)));
    }
    return arrays;
  }
}
