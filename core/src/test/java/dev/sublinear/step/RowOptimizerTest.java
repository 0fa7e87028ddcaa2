/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.step;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.gradient.DenseRows;
import dev.sublinear.gradient.Gradient;
import dev.sublinear.gradient.RowTable;
import dev.sublinear.gradient.SparseRows;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RowOptimizerTest {
  /** Wrong shapes and ids are refused with both sizes, before anything has changed. */
  @Test
  void step_gradientOfAnotherShape_isRefusedAndChangesNothing() {
    try (Arena arena = Arena.ofConfined(); Workers workers = new Workers(1)) {
      RowTable table = RowTable.allocate(arena, 4, 3);
      RowOptimizer optimizer = new RowOptimizer(OptimizerSpec.parse("adam"), table, 1, arena, workers);
      MemorySegment ones = arena.allocate(4 * 64, 4);
      for (int i = 0; i < 64; i++) {
        ones.setAtIndex(ValueLayout.JAVA_FLOAT, i, 1);
      }
      for (Gradient wrong : List.of(new DenseRows(ones, 4, 2), new DenseRows(ones, 4, 4), new DenseRows(ones, 5, 3),
          new DenseRows(ones, 3, 3), new SparseRows(new long[] {0, 4}, 2, ones, 3),
          new SparseRows(new long[] {0}, 1, ones, 2),
          new SparseRows(new long[0], 0, ones, 2))) {
        Exception e = assertThrows(IllegalArgumentException.class, () -> optimizer.step(wrong, 1), wrong.toString());
        assertTrue(e.getMessage().contains("the table has"), e.getMessage());
      }
      assertEquals(0, optimizer.steps());
      assertEquals(-1, table.data().mismatch(arena.allocate(table.bytes())));
      optimizer.step(new DenseRows(ones, 4, 3), 1);
      assertEquals(1, optimizer.steps());
      assertEquals(-1, table.get(0, 0), 1e-6);
    }
  }

  /** Rows beyond 2^31 elements are updated where they are: a sparse file of 9 GB and state that is a sketch. */
  @Test
  void step_tableBeyondTwoToThe31Elements_updatesTheRightRows(@TempDir Path folder) throws IOException {
    long rows = 36_000_000;
    int columns = 64;
    try (Arena arena = Arena.ofShared(); Workers workers = new Workers(2)) {
      RowTable table = RowTable.map(folder.resolve("large"), arena, rows, columns);
      OptimizerSpec spec = OptimizerSpec.parse("adam m=none,v=count-min:1e-6");
      RowOptimizer optimizer = new RowOptimizer(spec, table, 1, arena, workers);
      long[] ids = {5, (1L << 31) / columns + 1, rows - 1};
      MemorySegment values = arena.allocate(4L * 3 * columns, 4);
      for (int i = 0; i < 3 * columns; i++) {
        values.setAtIndex(ValueLayout.JAVA_FLOAT, i, i % 2 == 0 ? 1 : -1);
      }
      optimizer.step(new SparseRows(ids, 3, values, columns), 0.5f);
      for (long id : ids) {
        for (int c = 0; c < columns; c++) {
          assertEquals(c % 2 == 0 ? -0.5 : 0.5, table.get(id, c), 0.3, "row " + id);
          assertEquals(0, table.get(id - 1, c), "row before " + id);
        }
      }
    }
  }

  @Test
  void new_sketchTooSmallForTheTable_isRefused() {
    try (Arena arena = Arena.ofConfined(); Workers workers = new Workers(1)) {
      RowTable table = RowTable.allocate(arena, 4, 3);
      OptimizerSpec spec = OptimizerSpec.parse("adam m=count-sketch:0.2");
      Exception e =
          assertThrows(IllegalArgumentException.class, () -> new RowOptimizer(spec, table, 1, arena, workers));
      assertTrue(e.getMessage().contains("4 rows") && e.getMessage().contains("0.75"), e.getMessage());
    }
  }

  @Test
  void toString_ofSpec_isTheTextThatMakesIt() {
    assertEquals("adam m=dense,v=row-wise", OptimizerSpec.parse("adam v=row-wise").toString());
    assertEquals("sgd", OptimizerSpec.parse("sgd").toString());
    assertThrows(IllegalArgumentException.class,
        () -> new OptimizerSpec(OptimizerSpec.parse("adam").rule(), List.of()));
  }
}
