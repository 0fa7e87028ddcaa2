/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.kernel.CounterRandom;
import java.util.Arrays;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UniqueIdsTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 13, 63, 64, 65, 207, 4098})
  void finish_unionOfArrays_agreesWithTreeSet(int vocabulary) {
    UniqueIds unique = new UniqueIds(vocabulary, 300);
    for (int step = 0; step < 20; step++) {
      long key = CounterRandom.key(5, 6, step);
      unique.clear();
      TreeSet<Integer> expected = new TreeSet<>();
      for (int array = 0; array < 3; array++) {
        int[] ids = new int[100];
        for (int i = 0; i < ids.length; i++) {
          ids[i] = (int) CounterRandom.below(key, 100 * array + i, vocabulary);
        }
        unique.add(ids, 10 * step % 101);
        Arrays.stream(ids, 0, 10 * step % 101).forEach(expected::add);
      }
      unique.finish();
      assertEquals(expected.size(), unique.count());
      assertArrayEquals(
          expected.stream().mapToInt(Integer::intValue).toArray(), Arrays.copyOf(unique.ids(), unique.count()));
      for (int id = 0; id < vocabulary; id++) {
        assertEquals(expected.contains(id) ? expected.headSet(id).size() : -1, unique.index(id));
      }
    }
  }

  @Test
  void add_oneId_saysWhetherItWasNew() {
    UniqueIds unique = new UniqueIds(10, 10);
    assertTrue(unique.add(7));
    assertFalse(unique.add(7));
    unique.clear();
    assertTrue(unique.add(7));
    assertEquals(10, unique.vocabularySize());
  }

  @Test
  void clear_afterAddWithoutFinish_forgets() {
    UniqueIds unique = new UniqueIds(200, 10);
    unique.add(new int[] {199, 3, 70}, 3);
    unique.clear();
    unique.finish();
    assertEquals(0, unique.count());
    assertEquals(-1, unique.index(70));
  }

  @Test
  void add_outsideVocabularyOrTooMany_refused() {
    UniqueIds unique = new UniqueIds(100, 2);
    assertThrows(IndexOutOfBoundsException.class, () -> unique.add(100));
    assertThrows(IndexOutOfBoundsException.class, () -> unique.add(-1));
    assertThrows(IndexOutOfBoundsException.class, () -> unique.index(100));
    assertThrows(IndexOutOfBoundsException.class, () -> unique.add(new int[3], 4));
    unique.add(new int[] {1, 2, 1, 2}, 4);
    assertThrows(IllegalStateException.class, () -> unique.add(3));
    assertThrows(IllegalArgumentException.class, () -> new UniqueIds(0, 1));
    assertThrows(IllegalArgumentException.class, () -> new UniqueIds(1, 0));
  }
}
