/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Translations side by side while they grow by a word at a time. Not thread-safe. */
final class Prefixes {
  private final int longest;
  private final int begin;
  private final int end;

  /** [rows x longest]; the first {@link #length} words of a row are there. */
  private final int[][] words;

  private final boolean[] isComplete;
  private int length;

  Prefixes(int rows, int longest, int begin, int end) {
    this.longest = longest;
    this.begin = begin;
    this.end = end;
    words = new int[rows][longest];
    isComplete = new boolean[rows];
  }

  /** What the decoder reads, {@code begin} first, [rows x length + 1]. */
  int[] inputs() {
    return Arrays.stream(words)
        .flatMapToInt(row -> IntStream.concat(IntStream.of(begin), Arrays.stream(row, 0, length)))
        .toArray();
  }

  /** Where in {@link #inputs} the last word of each row is. */
  int[] lastPlaces() {
    return IntStream.range(0, words.length).map(row -> row * (length + 1) + length).toArray();
  }

  /** Adds a word to each row; a row that is complete takes {@code end}. */
  void append(long[] next) {
    for (int row = 0; row < words.length; row++) {
      words[row][length] = isComplete[row] ? end : Math.toIntExact(next[row]);
      isComplete[row] |= words[row][length] == end;
    }
    length++;
  }

  boolean areComplete() {
    return length == longest || IntStream.range(0, words.length).allMatch(row -> isComplete[row]);
  }

  /** The rows without {@code end}. */
  List<int[]> words() {
    List<int[]> rows = new ArrayList<>();
    for (int[] row : words) {
      rows.add(Arrays.stream(row, 0, length).takeWhile(word -> word != end).toArray());
    }
    return rows;
  }
}
