/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.gradient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SparseRowsTest {
  private final Arena arena = Arena.ofConfined();

  @AfterEach
  void close() {
    arena.close();
  }

  private MemorySegment floats(float... values) {
    return arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
  }

  private static float[] used(SparseRows rows) {
    return rows.values().asSlice(0, rows.bytes()).toArray(ValueLayout.JAVA_FLOAT);
  }

  private SparseRows coalesce(long[] ids, int columns, float... values) {
    return SparseRows.coalesce(ids, ids.length, floats(values), columns, arena);
  }

  @Test
  void coalesce_unsortedDuplicates_sortsAndSums() {
    SparseRows rows = coalesce(new long[] {7, 3, 7, 0, 3, 7}, 2, 1, 2, 10, 20, 100, 200, 5, 6, 30, 40, 1000, 2000);
    assertEquals(3, rows.count());
    assertArrayEquals(new long[] {0, 3, 7}, LongStream.range(0, rows.count()).map(rows::row).toArray());
    assertArrayEquals(new float[] {5, 6, 40, 60, 1101, 2202}, used(rows));
    assertEquals(3, rows.row(1));
    assertEquals(8, rows.offset(1));
  }

  /** Float sums depend on order: that of appearance is the promise, whatever the sort does. */
  @Test
  void coalesce_duplicates_areSummedInOrderOfAppearance() {
    float[] sums = used(coalesce(new long[] {4, 4, 4}, 1, 1e8f, 1, -1e8f));
    assertArrayEquals(new float[] {(1e8f + 1) - 1e8f}, sums);
    sums = used(coalesce(new long[] {4, 4, 4}, 1, 1e8f, -1e8f, 1));
    assertArrayEquals(new float[] {1}, sums);
  }

  @Test
  void coalesce_unique_keepsBits() {
    float[] values = {-0f, Float.MIN_VALUE, Float.NaN, 1e30f};
    SparseRows rows = coalesce(new long[] {1, 0}, 2, values);
    assertEquals(-1, rows.values().asSlice(0, 16).mismatch(floats(Float.NaN, 1e30f, -0f, Float.MIN_VALUE)));
  }

  @Test
  void coalesce_nothing_isEmptyAndLegal() {
    SparseRows rows = SparseRows.coalesce(new long[5], 0, MemorySegment.NULL, 3, arena);
    assertEquals(0, rows.count());
    assertEquals(0, rows.bytes());
  }

  @Test
  void coalesce_onlyTheFirstSizeIdsCount() {
    SparseRows rows = SparseRows.coalesce(new long[] {5, 5, 5, 5}, 2, floats(1, 2), 1, arena);
    assertEquals(1, rows.count());
    assertArrayEquals(new float[] {3}, used(rows));
  }

  @Test
  void new_idsNotAscending_areRefusedWithTheRemedy() {
    for (long[] ids : new long[][] {{1, 1}, {2, 1}, {-1, 3}, {Long.MIN_VALUE, 0}}) {
      Exception e = assertThrows(IllegalArgumentException.class, () -> new SparseRows(ids, 2, floats(1, 2), 1));
      assertTrue(e.getMessage().contains("coalesce"), e.getMessage());
    }
    Exception negative =
        assertThrows(IllegalArgumentException.class, () -> new SparseRows(new long[] {-3}, 1, floats(1), 1));
    assertTrue(negative.getMessage().contains("-3"), negative.getMessage());
  }

  @Test
  void new_tooLittleMemoryOrIds_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> new SparseRows(new long[] {0, 1}, 2, floats(1, 2, 3), 2));
    assertThrows(IllegalArgumentException.class, () -> new SparseRows(new long[] {0, 1}, 3, floats(1, 2, 3), 1));
    assertThrows(IllegalArgumentException.class, () -> new SparseRows(new long[] {0, 1}, -1, floats(1, 2, 3), 1));
    assertThrows(IllegalArgumentException.class, () -> new SparseRows(new long[] {0}, 1, floats(1), 0));
    assertThrows(IllegalArgumentException.class, () -> SparseRows.coalesce(new long[2], 3, floats(1, 2, 3), 1, arena));
    assertThrows(IllegalArgumentException.class, () -> new DenseRows(floats(1, 2, 3), 2, 2));
    assertThrows(IllegalArgumentException.class, () -> new DenseRows(floats(1, 2, 3), -1, 2));
    assertThrows(IllegalArgumentException.class, () -> new DenseRows(floats(1, 2, 3), Long.MAX_VALUE / 4, 4));
  }

  @Test
  void new_rowIdsBeyondInt_areLegal() {
    SparseRows rows = new SparseRows(new long[] {0, 1L << 40}, 2, floats(1, 2), 1);
    assertEquals(1L << 40, rows.row(1));
  }
}
