/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.gradient;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Comparator;

/**
 * A gradient of a few rows with unique, ascending ids; all other rows have none and stay as they are.
 *
 * <p>A view of arrays that are not copied: they must not change during a step.
 */
public final class SparseRows implements Gradient {
  private final long[] ids;
  private final int size;
  private final MemorySegment values;
  private final int columns;

  /**
   * Checks sizes and the order of ids.
   *
   * @param ids row ids, strictly ascending in {@code [0, size)}; the array may be longer
   * @param size number of rows; 0 is legal (a batch without this table)
   * @param values float32, [size x columns]
   * @param columns number of columns, the table's
   * @throws IllegalArgumentException if ids are not strictly ascending from 0 or an array is too short
   */
  public SparseRows(long[] ids, int size, MemorySegment values, int columns) {
    checkSizes(ids, size, columns);
    checkValues(values, size, columns);
    long previous = -1;
    for (int i = 0; i < size; i++) {
      if (ids[i] <= previous) {
        throw new IllegalArgumentException(
            "row id " + ids[i] + " at position " + i + " follows " + previous
                + ": ids must be unique and ascending; sum duplicates with SparseRows.coalesce");
      }
      previous = ids[i];
    }
    this.ids = ids;
    this.size = size;
    this.values = values;
    this.columns = columns;
  }

  private static void checkValues(MemorySegment values, int size, int columns) {
    if (values.byteSize() < (long) size * columns * Float.BYTES) {
      throw new IllegalArgumentException(
          "gradient of " + values.byteSize() + " bytes: " + size + " x " + columns + " float32 values need more");
    }
  }

  private static void checkSizes(long[] ids, int size, int columns) {
    if (size < 0 || size > ids.length) {
      throw new IllegalArgumentException("size " + size + ": must be in [0, " + ids.length + "]");
    }
    if (columns < 1) {
      throw new IllegalArgumentException("gradient with " + columns + " columns: must be >= 1");
    }
  }

  /**
   * Sorts rows by id and sums the rows of equal ids in their order of appearance, because an update rule is not linear
   * in the gradient: two steps of half the gradient are not one step.
   *
   * @param ids row ids in any order, {@code size} of them
   * @param values float32, [size x columns]
   * @param columns number of columns, the table's
   * @param arena where the result's values are allocated
   * @throws IllegalArgumentException if an id is negative or an array is too short
   */
  public static SparseRows coalesce(long[] ids, int size, MemorySegment values, int columns, Arena arena) {
    checkSizes(ids, size, columns);
    checkSizes(ids, size, columns);
    checkValues(values, size, columns);
    Integer[] order = new Integer[size];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingLong(i -> ids[i]));
    long[] unique = new long[size];
    long rowBytes = (long) columns * Float.BYTES;
    MemorySegment sums = arena.allocate(Math.max(size * rowBytes, 1), 64);
    int count = 0;
    for (int source : order) {
      if (count > 0 && unique[count - 1] == ids[source]) {
        add(values, source * rowBytes, sums, (count - 1) * rowBytes, columns);
      } else {
        unique[count] = ids[source];
        MemorySegment.copy(values, source * rowBytes, sums, count * rowBytes, rowBytes);
        count++;
      }
    }
    return new SparseRows(unique, count, sums, columns);
  }

  private static void add(MemorySegment source, long from, MemorySegment target, long to, int columns) {
    for (long b = 0; b < (long) columns * Float.BYTES; b += Float.BYTES) {
      float sum = target.get(ValueLayout.JAVA_FLOAT, to + b) + source.get(ValueLayout.JAVA_FLOAT, from + b);
      target.set(ValueLayout.JAVA_FLOAT, to + b, sum);
    }
  }

  @Override
  public long count() {
    return size;
  }

  @Override
  public long row(long i) {
    return ids[(int) i];
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public MemorySegment values() {
    return values;
  }
}
