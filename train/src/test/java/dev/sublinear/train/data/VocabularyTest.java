/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VocabularyTest {
  private static final String[] WORDS = {"the", "cat", "<eos>", "sat", "dog"};
  private static final int[] COUNTS = {2, 1, 3, 1, 2};

  private static String listing(Vocabulary vocabulary) {
    return IntStream.range(0, vocabulary.size())
        .mapToObj(id -> vocabulary.word(id) + ":" + vocabulary.count(id))
        .reduce((a, b) -> a + " " + b)
        .orElse("");
  }

  @Test
  void of_ties_orderedByFirstOccurrence() {
    Vocabulary vocabulary = Vocabulary.of(WORDS, COUNTS, 0);
    assertEquals("<eos>:3 the:2 dog:2 cat:1 sat:1 <unk>:0", listing(vocabulary));
    for (int id = 0; id < vocabulary.size(); id++) {
      assertEquals(id, vocabulary.id(vocabulary.word(id)));
    }
  }

  @Test
  void id_unseenWord_isUnknown() {
    Vocabulary vocabulary = Vocabulary.of(WORDS, COUNTS, 0);
    assertEquals(5, vocabulary.unknownId());
    assertEquals(5, vocabulary.id("The"));
    assertEquals("<unk>", vocabulary.word(5));
  }

  @Test
  void of_unknownInText_isOrdinaryWord() {
    Vocabulary vocabulary = Vocabulary.of(new String[] {"a", "<unk>", "b"}, new int[] {4, 9, 9}, 0);
    assertEquals("<unk>:9 b:9 a:4", listing(vocabulary));
    assertEquals(0, vocabulary.unknownId());
    assertEquals(0, vocabulary.id("zebra"));
  }

  @Test
  void of_unknownAloneInText_isTheWholeVocabulary() {
    assertEquals("<unk>:3", listing(Vocabulary.of(new String[] {"<unk>"}, new int[] {3}, 0)));
  }

  @Test
  void of_maxSize_restIsCountedAsUnknown() {
    assertEquals("<unk>:4 <eos>:3 the:2", listing(Vocabulary.of(WORDS, COUNTS, 3)));
    assertEquals("<eos>:3 the:2 dog:2 cat:1 <unk>:1", listing(Vocabulary.of(WORDS, COUNTS, 5)));
    assertEquals("<unk>:6 <eos>:3", listing(Vocabulary.of(WORDS, COUNTS, 2)));
  }

  @Test
  void of_maxSizeNotReached_keepsEveryWord() {
    assertEquals("<eos>:3 the:2 dog:2 cat:1 sat:1 <unk>:0", listing(Vocabulary.of(WORDS, COUNTS, 6)));
    assertEquals(6, Vocabulary.of(WORDS, COUNTS, Integer.MAX_VALUE).size());
  }

  @Test
  void of_maxSizeWithUnknownInText_addsToItsCount() {
    Vocabulary vocabulary = Vocabulary.of(new String[] {"a", "<unk>", "b", "c"}, new int[] {7, 2, 6, 1}, 3);
    assertEquals("a:7 b:6 <unk>:3", listing(vocabulary));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, -1, Integer.MIN_VALUE})
  void of_badMaxSize_saysValueAndLegalRange(int maxSize) {
    var e = assertThrows(IllegalArgumentException.class, () -> Vocabulary.of(WORDS, COUNTS, maxSize));
    assertTrue(e.getMessage().contains("vocabulary size " + maxSize + ": must be >= 2"), e.getMessage());
  }

  @Test
  void of_badWords_refused() {
    assertThrows(IllegalArgumentException.class, () -> Vocabulary.of(new String[0], new int[0], 0));
    assertThrows(IllegalArgumentException.class, () -> Vocabulary.of(new String[] {"a"}, new int[] {1, 2}, 0));
    assertThrows(IllegalArgumentException.class, () -> Vocabulary.of(new String[] {"a"}, new int[] {-1}, 0));
    var e = assertThrows(
        IllegalArgumentException.class, () -> Vocabulary.of(new String[] {"a", "a"}, new int[] {1, 2}, 0));
    assertTrue(e.getMessage().contains("word a is given twice"), e.getMessage());
  }
}
