/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.shampoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Shapes: what is squeezed, merged, cut and left out. */
final class PartitionTest {
  private static int[] merged(int merge, long... shape) {
    return new Partition(merge, 0, 4096).merged(shape);
  }

  @Test
  void merged_joinsSmallNeighboursFromTheLeft() {
    assertArrayEquals(new int[] {1024, 2048, 12}, merged(1024, 1, 2, 512, 1, 2048, 1, 3, 4));
    assertArrayEquals(new int[] {2, 768, 2048}, merged(1024, 1, 2, 768, 1, 2048));
    assertArrayEquals(new int[] {3, 5, 4}, merged(4, 3, 1, 5, 2, 2));
    assertArrayEquals(new int[] {6, 2}, merged(6, 2, 3, 2));
    assertArrayEquals(new int[] {3, 2}, merged(1, 1, 3, 1, 2));
    assertArrayEquals(new int[] {4}, merged(2, 4));
    assertArrayEquals(new int[] {}, merged(2, 1, 1, 1));
    assertArrayEquals(new int[] {}, merged(2));
  }

  @Test
  void covers_matricesWithinTheLimit() {
    Partition partition = new Partition(1024, 0, 100);
    assertEquals(true, partition.covers(100, 2));
    assertEquals(true, partition.covers(3, 1, 100));
    assertEquals(false, partition.covers(101, 2));
    assertEquals(false, partition.covers(50));
    assertEquals(false, partition.covers(1, 50, 1));
    assertEquals(false, partition.covers(1, 1));
    assertEquals(false, partition.covers());
  }

  @Test
  void blocks_coverTheTensorOnceWithARaggedLastOne() {
    for (int[] dimensions : List.of(new int[] {4}, new int[] {4, 5}, new int[] {3, 6, 7}, new int[] {2, 3, 4, 5},
        new int[] {1, 9})) {
      int elements = Arrays.stream(dimensions).reduce(1, (a, b) -> a * b);
      float[] tensor = new float[elements];
      for (int i = 0; i < elements; i++) {
        tensor[i] = i;
      }
      for (int block : new int[] {0, 1, 2, 3, 100}) {
        float[] back = new float[elements];
        int count = 0;
        for (Block box : new Partition(1, block, 4096).blocks(dimensions)) {
          float[] values = new float[(int) box.elements() + 1];
          box.copy(MemorySegment.ofArray(tensor), MemorySegment.ofArray(values), 4, true);
          assertEquals(index(box, dimensions), values[1]);
          box.copy(MemorySegment.ofArray(back), MemorySegment.ofArray(values), 4, false);
          count += (int) box.elements();
        }
        assertEquals(elements, count);
        assertArrayEquals(tensor, back);
      }
    }
  }

  private static int index(Block box, int[] dimensions) {
    int index = 0;
    for (int axis = 0; axis < dimensions.length; axis++) {
      index = index * dimensions[axis] + box.first()[axis];
    }
    return index;
  }
}
