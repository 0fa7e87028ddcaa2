/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import dev.sublinear.kernel.CounterRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Batches of sentence pairs of similar lengths, so that little of a batch is padding.
 *
 * <p>A batch has as many pairs as fit where rows times the longest sentence of either side is at most the limit, at
 * least one. Which pairs of equal lengths meet, and the order of the batches, are drawn anew for each epoch from
 * (seed, epoch) alone; their number is the same in all. Immutable and thread-safe; an epoch costs O(pairs log pairs).
 */
public final class PairBatches {
  private final List<SentencePair> pairs;
  private final int maxWords;
  private final long seed;

  /**
   * Nothing is cut yet.
   *
   * @param pairs at least one
   * @param maxWords most words, padding included, of each side of a batch
   * @param seed seed of the order
   * @throws IllegalArgumentException if there is no pair or {@code maxWords} is below 1
   */
  public PairBatches(List<SentencePair> pairs, int maxWords, long seed) {
    if (pairs.isEmpty() || maxWords < 1) {
      throw new IllegalArgumentException(
          pairs.size() + " sentence pairs in batches of " + maxWords + " words: both must be >= 1");
    }
    this.pairs = List.copyOf(pairs);
    this.maxWords = maxWords;
    this.seed = seed;
  }

  /** The batches of an epoch, from 0, in the order in which they are trained on. */
  public List<List<SentencePair>> epoch(int epoch) {
    long key = CounterRandom.key(seed, CounterRandom.stream("sentence order"), epoch);
    List<List<SentencePair>> batches = cut(Permutation.shuffle(IntStream.range(0, pairs.size()).toArray(), key));
    long batchKey = CounterRandom.key(seed, CounterRandom.stream("batch order"), epoch);
    int[] order = Permutation.shuffle(IntStream.range(0, batches.size()).toArray(), batchKey);
    return Arrays.stream(order).mapToObj(batches::get).toList();
  }

  /** The batches by rising length, pairs of equal lengths in the order in which they were given. */
  public List<List<SentencePair>> inOrder() {
    return cut(IntStream.range(0, pairs.size()).toArray());
  }

  /** Sorts by length, equal lengths in the order given, and cuts. */
  private List<List<SentencePair>> cut(int[] order) {
    List<SentencePair> sorted = Arrays.stream(order).mapToObj(pairs::get)
        .sorted(Comparator.comparingInt(PairBatches::longer).thenComparingInt(pair -> pair.source().length)
            .thenComparingInt(pair -> pair.target().length))
        .toList();
    List<List<SentencePair>> batches = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= sorted.size(); i++) {
      if (i == sorted.size() || (long) (i - from + 1) * longer(sorted.get(i)) > maxWords) {
        batches.add(sorted.subList(from, i));
        from = i;
      }
    }
    return batches;
  }

  private static int longer(SentencePair pair) {
    return Math.max(pair.source().length, pair.target().length);
  }
}
