/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.train.report.RunDirectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Which rates are tried, on scores that are known. */
class TuningTest {
  private static final RateSearch NOTHING = RateSearch.of("");

  private static Lab lab() {
    return new Lab(Size.SMOKE, null, 2, () -> RunDirectory.create(Path.of("never-made")), "test", line -> {});
  }

  @Test
  void search_bestAtTheEdge_goesOnThreeTimes() {
    RateSearch edge = NOTHING.trying(lab(), List.of(1f, 2f), 3, (own, rate) -> (double) -rate);
    assertEquals(List.of(1f, 2f, 4f, 8f, 16f), List.copyOf(edge.scores().keySet()));
    assertEquals(16f, edge.best());
    RateSearch within = NOTHING.trying(lab(), List.of(1f, 2f, 4f), 3, (own, rate) -> Math.abs(rate - 2.0));
    assertEquals(List.of(1f, 2f, 4f), List.copyOf(within.scores().keySet()));
    assertTrue(NOTHING.scores().isEmpty());
  }

  @Test
  void search_text_isALine() {
    RateSearch search = NOTHING.trying(lab(), List.of(0.5f, 1f, 2f), 3, (own, rate) -> Math.abs(rate - 1.0));
    assertEquals("0.5: 0.50, 1.0: 0.00, 2.0: 1.00", search.text(x -> String.format(Locale.ROOT, "%.2f", x)));
  }

  /**
   * A valley askew: the best rate of the tables depends on that of the others, and a second round comes nearer to its
   * bottom.
   */
  @Test
  void ofBoth_ratesThatDependOnEachOther_searchesInTurn() {
    List<Rates> tried = new ArrayList<>();
    Tuning tuning = Tuning.ofBoth(lab(), List.of(1f, 2f), (own, rates) -> {
      synchronized (tried) {
        tried.add(rates);
      }
      return askew(rates);
    });
    assertEquals(List.of("one rate", "tables", "others", "tables again", "others again"),
        tuning.searches().stream().map(RateSearch::stage).toList());
    assertEquals(new Rates(8f, 0.25f), tuning.rates());
    assertEquals(tried.size(), new HashSet<>(tried).size(), tried.toString());
    RateSearch last = tuning.searches().getLast();
    assertEquals(List.of(0.125f, 0.25f, 0.5f), List.copyOf(last.scores().keySet()));
    assertEquals(askew(new Rates(8f, 0.5f)), last.scores().get(0.5f));
  }

  /** In a long valley each look goes on a little; the fourth is the last. */
  @Test
  void ofBoth_ratesThatKeepMoving_stopsAfterTwiceEach() {
    Tuning tuning = Tuning.ofBoth(lab(), List.of(1f, 2f), (own, rates) -> {
      double x = log2(rates.tables());
      double y = log2(rates.others());
      return square(x + y) + 0.01 * square(x - y - 60);
    });
    assertEquals(5, tuning.searches().size());
    RateSearch last = tuning.searches().getLast();
    assertEquals(last.best(), tuning.rates().others());
    assertTrue(last.best() < tuning.searches().get(2).best(), tuning.toString());
  }

  private static double askew(Rates rates) {
    double x = log2(rates.tables());
    double y = log2(rates.others());
    return square(x + y - 1) + 0.3 * square(x - y - 7);
  }

  @Test
  void ofBoth_ratesThatDoNot_stopsAtTheSecondLook() {
    Tuning tuning = Tuning.ofBoth(lab(), List.of(1f, 2f),
        (own, rates) -> square(log2(rates.tables()) - 5) + square(log2(rates.others()) + 1));
    assertEquals(new Rates(32f, 0.5f), tuning.rates());
    assertEquals(List.of("one rate", "tables", "others", "tables again"),
        tuning.searches().stream().map(RateSearch::stage).toList());
  }

  private static double log2(double x) {
    return Math.log(x) / Math.log(2);
  }

  private static double square(double x) {
    return x * x;
  }
}
