/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.gradient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RowTableTest {
  @Test
  void allocate_isZeroAndAddressesEveryElement() {
    try (Arena arena = Arena.ofConfined()) {
      RowTable table = RowTable.allocate(arena, 3, 5);
      assertEquals(60, table.bytes());
      assertEquals(40, table.offset(2));
      for (int row = 0; row < 3; row++) {
        for (int c = 0; c < 5; c++) {
          assertEquals(0, table.get(row, c));
          table.set(row, c, 10 * row + c);
        }
      }
      assertEquals(23, table.data().getAtIndex(ValueLayout.JAVA_FLOAT, 13));
      assertThrows(IndexOutOfBoundsException.class, () -> table.get(3, 0));
    }
  }

  @Test
  void ofTensor_anyRank_hasTheFirstDimensionAsRows() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocate(4 * 24, 4);
      assertEquals(new RowTable(data, 2, 12), RowTable.ofTensor(data, 2, 12));
      assertEquals(new RowTable(data, 2, 12, List.of(2L, 3L, 4L)), RowTable.ofTensor(data, 2, 3, 4));
      assertEquals(new RowTable(data, 24, 1, List.of(24L)), RowTable.ofTensor(data, 24));
      assertEquals(new RowTable(data.asSlice(0, 4), 1, 1, List.of()), RowTable.ofTensor(data.asSlice(0, 4)));
      assertThrows(IllegalArgumentException.class, () -> RowTable.ofTensor(data, 5, 5));
      assertThrows(IllegalArgumentException.class, () -> RowTable.ofTensor(data, 0, 5));
      assertThrows(IllegalArgumentException.class, () -> RowTable.ofTensor(data, 5, 0));
      Exception wide = assertThrows(IllegalArgumentException.class, () -> RowTable.ofTensor(data, 1, 1L << 31));
      assertTrue(wide.getMessage().contains("2147483648"), wide.getMessage());
      assertThrows(ArithmeticException.class, () -> RowTable.ofTensor(data, 1, 1L << 62, 4));
    }
  }

  @Test
  void new_emptyOrWrongSize_isRefusedWithTheNumbers() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocate(100);
      Exception e = assertThrows(IllegalArgumentException.class, () -> new RowTable(data, 5, 6));
      assertTrue(e.getMessage().contains("100") && e.getMessage().contains("5 x 6") && e.getMessage().contains("120"),
          e.getMessage());
      Exception shape =
          assertThrows(IllegalArgumentException.class, () -> new RowTable(data, 5, 5, List.of(5L, 2L, 3L)));
      assertTrue(shape.getMessage().contains("[5, 2, 3]") && shape.getMessage().contains("5 x 5"), shape.getMessage());
      assertThrows(IllegalArgumentException.class, () -> new RowTable(data, 5, 5, List.of(25L)));
      assertThrows(IllegalArgumentException.class, () -> RowTable.allocate(arena, 0, 5));
      assertThrows(IllegalArgumentException.class, () -> RowTable.allocate(arena, 5, 0));
      assertThrows(IllegalArgumentException.class, () -> RowTable.allocate(arena, -1, 5));
      assertThrows(ArithmeticException.class, () -> RowTable.allocate(arena, Long.MAX_VALUE / 2, 5));
    }
  }

  @Test
  void gather_anyOrder_copiesRows() {
    try (Arena arena = Arena.ofConfined()) {
      RowTable table = new RowTable(arena.allocateFrom(ValueLayout.JAVA_FLOAT, 0, 1, 10, 11, 20, 21), 3, 2);
      MemorySegment out = arena.allocate(4 * 8, 4);
      table.gather(new long[] {2, 0, 2, 1, 99}, 4, out);
      assertArrayEquals(new float[] {20, 21, 0, 1, 20, 21, 10, 11}, out.toArray(ValueLayout.JAVA_FLOAT));
      assertThrows(IndexOutOfBoundsException.class, () -> table.gather(new long[] {3}, 1, out));
      assertThrows(IndexOutOfBoundsException.class, () -> table.gather(new long[] {-1}, 1, out));
      assertThrows(IndexOutOfBoundsException.class, () -> table.gather(new long[5], 5, out));
    }
  }

  @Test
  void map_newFile_growsAndKeepsWhatIsWritten(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("table");
    try (Arena arena = Arena.ofConfined()) {
      RowTable.map(file, arena, 7, 3).set(6, 2, 1.5f);
    }
    assertEquals(7 * 3 * 4, Files.size(file));
    try (Arena arena = Arena.ofConfined()) {
      RowTable table = RowTable.map(file, arena, 7, 3);
      assertEquals(1.5f, table.get(6, 2));
      assertEquals(0, table.get(0, 0));
      Exception e = assertThrows(IllegalArgumentException.class, () -> RowTable.map(file, arena, 7, 4));
      assertTrue(e.getMessage().contains("table") && e.getMessage().contains("84") && e.getMessage().contains("112"),
          e.getMessage());
    }
    assertEquals(84, Files.size(file));
  }

  /** More than 2^31 elements: 9 GB of address space, three touched pages of a sparse file. */
  @Test
  void map_moreThanTwoToThe31Elements_addressesAllOfThem(@TempDir Path folder) throws IOException {
    long rows = 36_000_000;
    int columns = 64;
    try (Arena arena = Arena.ofConfined()) {
      RowTable table = RowTable.map(folder.resolve("large"), arena, rows, columns);
      assertEquals(9_216_000_000L, table.bytes());
      assertTrue(rows * columns > 1L << 31);
      long[] touched = {0, (1L << 31) / columns, rows - 1};
      for (long row : touched) {
        table.set(row, 63, (float) row);
      }
      MemorySegment out = arena.allocate(3L * columns * 4, 4);
      table.gather(touched, 3, out);
      for (int i = 0; i < 3; i++) {
        assertEquals((float) touched[i], out.getAtIndex(ValueLayout.JAVA_FLOAT, 64L * i + 63));
        assertEquals(0, out.getAtIndex(ValueLayout.JAVA_FLOAT, 64L * i));
      }
      assertEquals(9_216_000_000L - 256, table.offset(rows - 1));
    }
  }
}
