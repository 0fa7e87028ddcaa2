/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The words of a train split, numbered by falling count.
 *
 * <p>Ties are broken by first occurrence. {@code <eos>} is an ordinary counted entry, and so is an {@code <unk>} that
 * stands in the text; there is always exactly one {@code <unk>} entry, to which every unseen word maps. The count of
 * {@code <unk>} is the number of train tokens that map to it (0 when the text has none and no word was cut off), so
 * that the counts always add up to the length of the train split; an {@code <unk>} that is not in the text comes last
 * among its equals. Low ids are frequent words, which is what {@link LogUniformSampler} relies on.
 *
 * <p>Immutable and thread-safe.
 */
public final class Vocabulary {
  /** The word at the end of every line. */
  public static final String EOS = "<eos>";

  /** The word that stands for all words without an entry of their own. */
  public static final String UNKNOWN = "<unk>";

  private final String[] words;
  private final int[] counts;
  private final Map<String, Integer> ids;
  private final int unknownId;

  private Vocabulary(String[] words, int[] counts) {
    this.words = words;
    this.counts = counts;
    this.ids = HashMap.newHashMap(words.length);
    for (int id = 0; id < words.length; id++) {
      if (ids.put(words[id], id) != null) {
        throw new IllegalArgumentException("word " + words[id] + " is given twice: words must be distinct");
      }
    }
    this.unknownId = id(UNKNOWN);
  }

  /**
   * Builds a vocabulary from counted words.
   *
   * @param words the distinct words of the train split in order of first occurrence
   * @param counts how often each of them occurs there
   * @param maxSize the most entries to keep, {@code <unk>} included: the most frequent words stay and the rest become
   *     {@code <unk>}; 0 keeps every word
   * @throws IllegalArgumentException if there are no words, a word is given twice, the two lengths differ, a count is
   *     negative, or {@code maxSize} is negative or 1
   */
  public static Vocabulary of(String[] words, int[] counts, int maxSize) {
    checkMaxSize(maxSize);
    if (words.length == 0 || words.length != counts.length) {
      throw new IllegalArgumentException(words.length + " words and " + counts.length
          + " counts: there must be at least one word, and a count for each");
    }
    int unknown = Arrays.asList(words).indexOf(UNKNOWN);
    long[] keys = new long[unknown < 0 ? words.length : words.length - 1];
    int others = 0;
    for (int i = 0; i < words.length; i++) {
      if (i != unknown) {
        keys[others++] = key(counts[i], i);
      }
    }
    Arrays.sort(keys);

    int kept = maxSize == 0 ? others : Math.min(others, maxSize - 1);
    int unknownCount = unknown < 0 ? 0 : counts[unknown];
    for (int i = kept; i < others; i++) {
      unknownCount = Math.addExact(unknownCount, counts[(int) keys[i]]);
    }
    long unknownKey = key(unknownCount, unknown < 0 ? Integer.MAX_VALUE : unknown);
    int unknownId = -Arrays.binarySearch(keys, 0, kept, unknownKey) - 1;

    String[] sortedWords = new String[kept + 1];
    int[] sortedCounts = new int[kept + 1];
    for (int i = 0; i < kept; i++) {
      int id = i < unknownId ? i : i + 1;
      sortedWords[id] = words[(int) keys[i]];
      sortedCounts[id] = counts[(int) keys[i]];
    }
    sortedWords[unknownId] = UNKNOWN;
    sortedCounts[unknownId] = unknownCount;
    return new Vocabulary(sortedWords, sortedCounts);
  }

  /** Sorts by falling count, then by rising index; the low 32 bits are the index. */
  private static long key(int count, int index) {
    if (count < 0) {
      throw new IllegalArgumentException("count " + count + ": must be >= 0");
    }
    return (long) (Integer.MAX_VALUE - count) << 32 | index;
  }

  static void checkMaxSize(int maxSize) {
    if (maxSize < 0 || maxSize == 1) {
      throw new IllegalArgumentException(
          "vocabulary size " + maxSize + ": must be >= 2 (" + UNKNOWN + " is one entry), or 0 for every word");
    }
  }

  /** The number of entries, {@code <unk>} included. */
  public int size() {
    return words.length;
  }

  /** The id of {@code word}, or that of {@code <unk>} if it has no entry. */
  public int id(String word) {
    Integer id = ids.get(word);
    return id == null ? unknownId : id;
  }

  /**
   * The word of an id.
   *
   * @throws IndexOutOfBoundsException unless 0 &lt;= id &lt; {@link #size()}
   */
  public String word(int id) {
    return words[id];
  }

  /**
   * How many tokens of the train split map to an id.
   *
   * @throws IndexOutOfBoundsException unless 0 &lt;= id &lt; {@link #size()}
   */
  public int count(int id) {
    return counts[id];
  }

  /** The id of {@code <unk>}. */
  public int unknownId() {
    return unknownId;
  }

  @Override
  public String toString() {
    return "Vocabulary[" + words.length + " words]";
  }
}
