/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.step;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.kernel.RowCells;
import dev.sublinear.kernel.Scratch;
import java.lang.foreign.Arena;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several threads on cells that rows share. */
final class RowOrderTest {
  private static final long SEED = 61;
  private static final int PLACES = 40;
  private static final int ROWS = 20_000;

  private static void place(RowCells at, long row) {
    at.depth = 3;
    for (int j = 0; j < 3; j++) {
      at.offsets[j] = 1024 * CounterRandom.below(CounterRandom.key(SEED, j, 0), row, PLACES);
    }
  }

  /** A hash of all rows that had the place so far, in their order: one swap and it is another number. */
  private static void visit(long[][] history, RowCells at, long row) {
    for (int j = 0; j < 3; j++) {
      int place = (int) (at.offsets[j] / 1024);
      history[j][place] = CounterRandom.mix(history[j][place] + row);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8})
  void everyPlace_seesItsRowsInTheirOrder(int threads) {
    long[][] expected = new long[3][PLACES];
    try (Arena arena = Arena.ofShared(); Workers workers = new Workers(threads)) {
      RowCells one = new Scratch(arena).located(0, 0)[0];
      for (int i = 0; i < ROWS; i++) {
        place(one, i);
        visit(expected, one, i);
      }
      RowOrder order = new RowOrder(threads, 1);
      for (int step = 0; step < 3; step++) {
        long[][] actual = new long[3][PLACES];
        order.begin();
        workers.run((part, parts, scratch) -> {
          RowCells[] at = scratch.located(0, 0);
          order.enter(part);
          for (int i = 0; i < ROWS; i++) {
            place(at[0], i);
            order.add(part, i, 1, 0, at);
            if (i % parts == part) {
              order.await(part, at[0]);
              visit(actual, at[0], i);
              order.done(part, i);
            }
          }
          order.leave(part);
        });
        for (int j = 0; j < 3; j++) {
          assertArrayEquals(expected[j], actual[j], threads + " threads, step " + step + ", seed " + SEED);
        }
      }
    }
  }

  /** As when a thread fails: it leaves with rows undone, and the others do not wait for those. */
  @Test
  void leave_withRowsUndone_letsTheOthersEnd() {
    RowOrder order = new RowOrder(2, 1);
    order.begin();
    try (Workers workers = new Workers(2)) {
      assertTimeoutPreemptively(Duration.ofSeconds(20), () -> workers.run((part, parts, scratch) -> {
        RowCells[] at = scratch.located(0, 0);
        order.enter(part);
        for (int i = 0; i < (part == 0 ? ROWS : 100); i++) {
          place(at[0], i);
          order.add(part, i, 1, 0, at);
          if (i % parts == part) {
            order.await(part, at[0]);
            order.done(part, i);
          }
        }
        order.leave(part);
      }));
    }
  }
}
