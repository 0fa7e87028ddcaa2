/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

/** The harness's turns and arithmetic, with contenders whose times are made up. */
final class SideBySideTest {
  private final List<String> order = new ArrayList<>();

  private Contender scripted(String name, long units, long... nanos) {
    Iterator<Long> times = Arrays.stream(nanos).iterator();
    return new Contender(name, units, () -> {
      order.add(name);
      return times.next();
    });
  }

  @Test
  void rounds_beginWithAnotherContenderEachTime() throws IOException {
    new SideBySide(1, 3, 1e9).run("test", "row",
        List.of(scripted("a", 1, 9, 1, 1, 1), scripted("b", 1, 9, 1, 1, 1)));
    assertEquals(List.of("a", "b", "a", "b", "b", "a", "a", "b"), order);
  }

  @Test
  void figures_areMediansPerUnitAndMediansOfTheRoundsRatios() throws IOException {
    Comparison result = new SideBySide(0, 3, 1e9).run("test", "row",
        List.of(scripted("a", 2, 10, 200, 30), scripted("b", 4, 40, 80, 60)));
    assertEquals(15, result.nanosPerUnit("a"));
    assertEquals(15, result.nanosPerUnit("b"));
    // Per unit 5 to 10, 100 to 20, 15 to 15: the slow second run moves the ratio no more than the median.
    assertEquals(1, result.ratio("a", "b"));
    assertEquals(1, result.ratio("b", "a"));
    assertEquals(List.of(10L, 200L, 30L), result.timings().getFirst().nanos());
    assertTrue(result.has("a"));
    assertFalse(result.has("c"));
    assertThrows(NoSuchElementException.class, () -> result.nanosPerUnit("c"));
  }

  @Test
  void rounds_endWhenTimeIsUp_butNotBeforeThree() throws IOException {
    Comparison result = new SideBySide(0, 100, 0).run("test", "row", List.of(Contender.of("a", 1, () -> {})));
    assertEquals(SideBySide.LEAST_ROUNDS, result.timings().getFirst().nanos().size());
  }

  @Test
  void median_isTheMiddleOrTheMeanOfTheMiddleTwo() {
    assertEquals(3, Comparison.median(9, 3, 1));
    assertEquals(2.5, Comparison.median(9, 3, 1, 2));
    assertEquals(7, Comparison.median(7));
  }

  @Test
  void nonsense_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> new SideBySide(-1, 3, 1));
    assertThrows(IllegalArgumentException.class, () -> new SideBySide(0, 2, 1));
    List<Contender> twins = List.of(Contender.of("a", 1, () -> {}), Contender.of("a", 1, () -> {}));
    assertThrows(IllegalArgumentException.class, () -> new SideBySide(0, 3, 1).run("test", "row", twins));
  }
}
