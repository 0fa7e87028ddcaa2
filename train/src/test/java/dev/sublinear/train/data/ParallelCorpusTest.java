/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class ParallelCorpusTest {
  private static final ParallelCorpus.Limits LIMITS = new ParallelCorpus.Limits(50, 6, 10);

  /** Sixty sentences, each with a second translation and a second source, which differs in its marks alone. */
  private static ParallelText text() {
    List<ParallelText.Line> lines = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      lines.add(new ParallelText.Line("Le mot " + i + ".", "The word " + i + "."));
      lines.add(new ParallelText.Line("Le mot " + i + ".", "A word " + i + "."));
      lines.add(new ParallelText.Line("Le mot " + i + " !", "The word " + i + "!"));
    }
    return new ParallelText("toy", lines);
  }

  private static Set<String> words(List<List<String>> sentences) {
    return sentences.stream().map(words -> String.join(" ", words).replaceAll(" [.!]$", ""))
        .collect(Collectors.toSet());
  }

  @Test
  void of_noSentenceOfOneSplitIsInAnother_onEitherSide() {
    PairSplit split = PairSplit.of(text(), LIMITS);
    Set<String> test = words(split.test().stream().map(PairSplit.Tested::words).toList());
    Set<String> validation = words(split.validation().stream().map(PairSplit.Pair::source).toList());
    Set<String> train = words(split.train().stream().map(PairSplit.Pair::source).toList());
    assertEquals(10, split.test().size());
    assertEquals(10, test.size());
    assertEquals(10, validation.size());
    assertEquals(40, train.size());
    Set<String> all = new HashSet<>(train);
    all.addAll(validation);
    all.addAll(test);
    assertEquals(60, all.size());
    Set<String> references = split.test().stream().flatMap(sentence -> sentence.references().stream())
        .map(line -> line.replaceAll("[.!]$", "")).collect(Collectors.toSet());
    Set<String> learnt = words(split.train().stream().map(PairSplit.Pair::target).toList());
    assertEquals(20, references.size());
    references.retainAll(learnt);
    assertEquals(Set.of(), references);
  }

  @Test
  void of_targetOfATestSentenceOverAnotherSource_isLeftOut() {
    PairSplit before = PairSplit.of(text(), LIMITS);
    List<ParallelText.Line> lines = new ArrayList<>(text().lines());
    String held = before.test().getFirst().references().getFirst();
    String learnt = before.train().getFirst().text();
    lines.add(new ParallelText.Line(learnt, held));
    PairSplit after = PairSplit.of(new ParallelText("toy", lines), LIMITS);
    assertEquals(before.train(), after.train());
  }

  @Test
  void of_sentence_isLowered_cutAndNumbered() {
    List<ParallelText.Line> lines = new ArrayList<>(text().lines());
    for (int i = 0; i < 30; i++) {
      lines.add(new ParallelText.Line("L’homme " + i + ", vas-tu ?", "Man " + i + ", do you go?"));
    }
    lines.add(new ParallelText.Line("un deux trois quatre cinq six sept huit", "too long"));
    PairSplit split = PairSplit.of(new ParallelText("toy", lines), new ParallelCorpus.Limits(50, 7, 1));
    PairSplit.Pair pair = split.train().getLast();
    assertEquals(List.of("l'", "homme", "29", ",", "vas", "-tu", "?"), pair.source());
    assertEquals("l'homme 29, vas-tu ?", pair.text());
    assertEquals(List.of("man", "29", ",", "do", "you", "go", "?"), pair.target());

    ParallelCorpus corpus = ParallelCorpus.of(text(), LIMITS);
    int[] source = corpus.train().getFirst().source();
    assertEquals(Vocabulary.EOS, corpus.source().word(source[source.length - 1]));
    assertEquals("le", corpus.source().word(source[0]));
    String translated = corpus.targetText(corpus.train().getFirst().target());
    assertFalse(translated.contains(Vocabulary.EOS), translated);
    assertTrue(translated.matches("the word \\d+ \\."), translated);
  }

  @Test
  void withoutTest_hasNoneOfIt() {
    ParallelCorpus corpus = ParallelCorpus.of(text(), LIMITS);
    assertEquals(10, corpus.test().size());
    assertEquals(List.of(), corpus.withoutTest().test());
    assertEquals(corpus.train(), corpus.withoutTest().train());
  }

  @Test
  void of_tooFewSentences_isRefused() {
    String message = assertThrows(IllegalArgumentException.class,
        () -> ParallelCorpus.of(text(), new ParallelCorpus.Limits(50, 6, 30))).getMessage();
    assertTrue(message.startsWith("toy: 60 distinct source sentences of up to 6 words; 30 each are held out"), message);
    assertThrows(IllegalArgumentException.class, () -> new ParallelCorpus.Limits(50, 6, 0));
  }
}
