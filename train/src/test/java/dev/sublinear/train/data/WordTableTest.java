/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sublinear.kernel.CounterRandom;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WordTableTest {
  @Test
  void id_manyWords_agreesWithHashMap() {
    WordTable table = new WordTable();
    Map<String, Integer> expected = new HashMap<>();
    long key = CounterRandom.key(1, 2, 3);
    for (int i = 0; i < 100_000; i++) {
      String word = "w\u00e9" + CounterRandom.below(key, i, 30_000);
      assertEquals(expected.computeIfAbsent(word, w -> expected.size()), table.id(word), word);
    }
    assertEquals(expected.size(), table.size());
    expected.forEach((word, id) -> assertEquals(word, table.word(id)));
  }

  @Test
  void id_byteRange_isTheWordOfThoseBytes() {
    WordTable table = new WordTable();
    assertEquals(0, table.id("ab"));
    assertEquals(1, table.id("a"));
    assertEquals(2, table.id("abc"));
    assertEquals(0, table.id(new byte[] {'x', 'a', 'b', 'c'}, 1, 3));
  }
}
