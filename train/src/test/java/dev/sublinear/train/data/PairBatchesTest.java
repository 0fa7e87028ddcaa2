/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.kernel.CounterRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PairBatchesTest {
  private static List<SentencePair> pairs(int n) {
    long key = CounterRandom.key(1, 2, 3);
    return IntStream.range(0, n).mapToObj(i -> new SentencePair(new int[1 + (int) CounterRandom.below(key, 2L * i, 9)],
        new int[1 + (int) CounterRandom.below(key, 2L * i + 1, 9)])).toList();
  }

  private static int longest(List<SentencePair> batch) {
    return batch.stream().mapToInt(pair -> Math.max(pair.source().length, pair.target().length)).max().orElseThrow();
  }

  @Test
  void epoch_everyPairOnce_withinTheLimit_andLittlePadding() {
    List<SentencePair> pairs = pairs(500);
    PairBatches batches = new PairBatches(pairs, 60, 7);
    for (int epoch = 0; epoch < 3; epoch++) {
      List<SentencePair> seen = new ArrayList<>();
      for (List<SentencePair> batch : batches.epoch(epoch)) {
        assertTrue(batch.size() * longest(batch) <= 60);
        seen.addAll(batch);
      }
      assertEquals(500, seen.size());
      assertEquals(new HashSet<>(pairs), new HashSet<>(seen));
      assertEquals(batches.inOrder().size(), batches.epoch(epoch).size());
    }
    int padded = batches.inOrder().stream().mapToInt(batch -> batch.size() * longest(batch)).sum();
    int needed = pairs.stream().mapToInt(pair -> Math.max(pair.source().length, pair.target().length)).sum();
    assertTrue(padded < 1.05 * needed, padded + " for " + needed);
  }

  @Test
  void epoch_isAFunctionOfSeedAndEpoch() {
    List<SentencePair> pairs = pairs(100);
    PairBatches batches = new PairBatches(pairs, 60, 7);
    assertEquals(batches.epoch(1), new PairBatches(pairs, 60, 7).epoch(1));
    assertNotEquals(batches.epoch(1), batches.epoch(2));
    assertNotEquals(batches.epoch(1), new PairBatches(pairs, 60, 8).epoch(1));
  }

  @Test
  void inOrder_pairLongerThanTheLimit_isABatchOfItsOwn() {
    assertEquals(2, new PairBatches(List.of(new SentencePair(new int[9], new int[1]),
        new SentencePair(new int[9], new int[1])), 5, 1).inOrder().size());
  }

  @Test
  void new_nothingOrNoRoom_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> new PairBatches(List.of(), 5, 1));
    assertThrows(IllegalArgumentException.class, () -> new PairBatches(pairs(1), 0, 1));
  }
}
