/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import dev.sublinear.train.data.SentencePair;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Sentence pairs side by side as rows of equal length.
 *
 * <p>A source sentence is padded with its own last word and what the decoder reads with its first, so that padding
 * touches no row of a table that the sentence does not. What is predicted is not padded.
 *
 * @param sources words of the source sentences, [rows x sourceSteps]
 * @param lengths of the source sentences
 * @param inputs what the decoder reads: {@code begin}, then the words of the target but the last, [rows x targetSteps]
 * @param places in {@code inputs} from which a word is predicted, ascending
 * @param targets the words predicted there
 */
record PaddedPairs(int[] sources, int[] lengths, int[] inputs, int[] places, int[] targets) {
  static PaddedPairs of(List<SentencePair> pairs, int begin) {
    int rows = pairs.size();
    int targetSteps = pairs.stream().mapToInt(pair -> pair.target().length).max().orElse(0);
    int[] inputs = new int[rows * targetSteps];
    Arrays.fill(inputs, begin);
    int[] places = new int[pairs.stream().mapToInt(pair -> pair.target().length).sum()];
    int[] targets = new int[places.length];
    int n = 0;
    for (int row = 0; row < rows; row++) {
      int[] target = pairs.get(row).target();
      System.arraycopy(target, 0, inputs, row * targetSteps + 1, target.length - 1);
      System.arraycopy(target, 0, targets, n, target.length);
      for (int t = 0; t < target.length; t++) {
        places[n++] = row * targetSteps + t;
      }
    }
    List<int[]> sources = pairs.stream().map(SentencePair::source).toList();
    return new PaddedPairs(padded(sources), lengths(sources), inputs, places, targets);
  }

  /** Source sentences, [rows x the length of the longest]. */
  static int[] padded(List<int[]> sources) {
    int steps = sources.stream().mapToInt(source -> source.length).max().orElse(0);
    return sources.stream().flatMapToInt(source -> IntStream.range(0, steps)
        .map(t -> source[Math.min(t, source.length - 1)])).toArray();
  }

  static int[] lengths(List<int[]> sources) {
    return sources.stream().mapToInt(source -> source.length).toArray();
  }

  int rows() {
    return lengths.length;
  }
}
