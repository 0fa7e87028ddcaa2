/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CorpusTest {
  private static final Vocabulary VOCABULARY = Vocabulary.of(new String[] {"a", "b"}, new int[] {3, 1}, 0);

  @Test
  void unigramPerplexity_knownCounts_addsOneToEach() {
    Corpus corpus = new Corpus("x", VOCABULARY, new int[] {0, 0, 1, 0}, new int[] {0, 1, 2}, new int[] {2});
    // p(a) = 4/7, p(b) = 2/7, p(<unk>) = 1/7
    assertEquals(Math.pow(4.0 / 7 * 2 / 7 * 1 / 7, -1.0 / 3), corpus.unigramPerplexity(corpus.validation()), 1e-12);
    assertEquals(7.0, corpus.unigramPerplexity(corpus.test()), 1e-12);
  }

  @Test
  void unigramPerplexity_emptySplit_refused() {
    Corpus corpus = new Corpus("x", VOCABULARY, new int[] {0}, new int[] {0}, new int[] {0});
    assertThrows(IllegalArgumentException.class, () -> corpus.unigramPerplexity(new int[0]));
  }

  @Test
  void constructor_emptySplit_namesIt() {
    var e = assertThrows(
        IllegalArgumentException.class,
        () -> new Corpus("x", VOCABULARY, new int[] {0}, new int[0], new int[] {0}));
    assertTrue(e.getMessage().startsWith("the validation split is empty"), e.getMessage());
  }

  @Test
  void constructor_idOutsideVocabulary_namesTokenAndLegalRange() {
    var e = assertThrows(
        IllegalArgumentException.class,
        () -> new Corpus("x", VOCABULARY, new int[] {0}, new int[] {0}, new int[] {1, 3}));
    assertEquals("test token 1 has id 3: must be >= 0 and < 3, the vocabulary size", e.getMessage());
  }
}
