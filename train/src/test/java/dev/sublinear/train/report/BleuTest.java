/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class BleuTest {
  private static final String GUIDE =
      "It is a guide to action which ensures that the military always obeys the commands of the party";
  private static final List<String> GUIDES = List.of(
      "It is a guide to action that ensures that the military will forever heed Party commands",
      "It is the guiding principle which guarantees the military forces always being under the command of the Party",
      "It is the practical guide for the army always to heed the directions of the party");

  /** From the definition, in Python: see the script that the file names. */
  @Test
  void of_randomCorpora_equalsTheDefinition() throws IOException {
    try (InputStream file = Objects.requireNonNull(BleuTest.class.getResourceAsStream("bleu.txt"))) {
      List<String> lines = new String(file.readAllBytes(), StandardCharsets.UTF_8).lines()
          .filter(line -> !line.startsWith("#")).toList();
      assertEquals(12, lines.size());
      for (String line : lines) {
        String[] cells = line.split("\t");
        double[] expected = Arrays.stream(cells[0].split(" ")).mapToDouble(Double::parseDouble).toArray();
        List<String> hypotheses = new ArrayList<>();
        List<List<String>> references = new ArrayList<>();
        for (String pair : Arrays.asList(cells).subList(1, cells.length)) {
          String[] sides = pair.split("\\|\\|");
          hypotheses.add(sides[0]);
          references.add(List.of(sides[1].split("\\|")));
        }
        Bleu bleu = Bleu.of(hypotheses, references);
        assertEquals(expected[0], bleu.score(), 1e-9, line);
        for (int n = 0; n < 4; n++) {
          assertEquals(expected[1 + n], bleu.precisions().get(n), 1e-12, line);
        }
        assertEquals(expected[5], bleu.brevityPenalty(), 1e-12, line);
        assertEquals(expected[6], bleu.hypothesisWords(), line);
        assertEquals(expected[7], bleu.referenceWords(), line);
      }
    }
  }

  /** The example of the README of sacrebleu: BLEU = 48.53 82.4/50.0/45.5/37.5 (BP = 0.943, 17 words, 18 words). */
  @Test
  void of_sacrebleusExample_is4853() {
    Bleu bleu = Bleu.of(List.of("The dog bit the man.", "It wasn't surprising.", "The man had just bitten him."),
        List.of(List.of("The dog bit the man.", "The dog had bit the man."),
            List.of("It was not unexpected.", "No one was surprised."),
            List.of("The man bit him first.", "The man had bitten the dog.")));
    assertEquals(48.53, bleu.score(), 0.005);
    assertEquals(0.824, bleu.precisions().get(0), 5e-4);
    assertEquals(0.375, bleu.precisions().get(3), 5e-4);
    assertEquals(0.943, bleu.brevityPenalty(), 5e-4);
    assertEquals(17, bleu.hypothesisWords());
    assertEquals(18, bleu.referenceWords());
  }

  /** The examples of the documentation of NLTK: 0.5045 for the sentence, 0.5920 for the corpus. */
  @Test
  void of_theGuideToAction_isNltksFigure() {
    assertEquals(50.45666840058485, Bleu.of(List.of(GUIDE), List.of(GUIDES)).score(), 1e-9);
    Bleu two = Bleu.of(List.of(GUIDE, "he read the book because he was interested in world history"),
        List.of(GUIDES, List.of("he was interested in world history because he read the book")));
    assertEquals(59.20778868801042, two.score(), 1e-9);
  }

  /** Papineni et al., section 2.1: a word matches no more often than it stands in one reference. */
  @Test
  void of_theSevenTimes_matchesTwice() {
    Bleu bleu = Bleu.of(List.of("the the the the the the the"),
        List.of(List.of("the cat is on the mat", "there is a cat on the mat")));
    assertEquals(2.0 / 7, bleu.precisions().getFirst(), 1e-12);
    assertEquals(0, bleu.score());
  }

  @Test
  void of_perfectAndEmpty() {
    assertEquals(100, Bleu.of(List.of("one two three four."), List.of(List.of("one two three four."))).score(), 1e-9);
    Bleu nothing = Bleu.of(List.of(""), List.of(List.of("one two three four")));
    assertEquals(0, nothing.score());
    assertEquals(0, nothing.brevityPenalty());
  }

  @Test
  void of_unpairedLists_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> Bleu.of(List.of("a"), List.of()));
    assertThrows(IllegalArgumentException.class, () -> Bleu.of(List.of(), List.of()));
    assertThrows(IllegalArgumentException.class, () -> Bleu.of(List.of("a"), List.of(List.of())));
  }
}
