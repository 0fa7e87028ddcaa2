/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import java.util.Objects;

/**
 * The sorted distinct ids a step touches, and the place of each among them.
 *
 * <p>With tied weights the rows of one table are asked for by inputs, targets and samples alike: {@link #clear}, {@link
 * #add} each of them, {@link #finish}, then read {@link #ids} and {@link #index}.
 *
 * <p>A bitmap over the vocabulary, and per word of it the number of bits before it: 12 bytes for 64 ids, plus 4 for
 * each id a step may touch. A step costs O(ids added + vocabulary / 64) and allocates nothing. Exact. Not thread-safe.
 */
public final class UniqueIds {
  private final int vocabularySize;
  private final long[] bits;
  private final int[] bitsBefore;
  private final int[] ids;
  private int count;

  /**
   * Makes an empty set.
   *
   * @param vocabularySize ids are below it
   * @param maxIds the most distinct ids between two calls of {@link #clear}; more than the vocabulary is not needed
   * @throws IllegalArgumentException if an argument is below 1
   */
  public UniqueIds(int vocabularySize, int maxIds) {
    if (vocabularySize < 1 || maxIds < 1) {
      throw new IllegalArgumentException(
          "vocabulary size " + vocabularySize + ", at most " + maxIds + " ids: both must be >= 1");
    }
    this.vocabularySize = vocabularySize;
    this.bits = new long[Math.ceilDiv(vocabularySize, Long.SIZE)];
    this.bitsBefore = new int[bits.length];
    this.ids = new int[Math.min(maxIds, vocabularySize)];
  }

  /** Forgets all ids. */
  public void clear() {
    for (int i = 0; i < count; i++) {
      bits[ids[i] >>> 6] = 0;
    }
    count = 0;
  }

  /**
   * Adds one id.
   *
   * @return whether it was new
   * @throws IndexOutOfBoundsException unless 0 &lt;= id &lt; the vocabulary size
   * @throws IllegalStateException if it would be one more distinct id than the constructor allowed
   */
  public boolean add(int id) {
    Objects.checkIndex(id, vocabularySize);
    long bit = 1L << id;
    if ((bits[id >>> 6] & bit) != 0) {
      return false;
    }
    if (count == ids.length) {
      throw new IllegalStateException("more than " + ids.length + " distinct ids: raise maxIds");
    }
    bits[id >>> 6] |= bit;
    ids[count++] = id;
    return true;
  }

  /**
   * Adds the first {@code n} elements of {@code values}, duplicates welcome.
   *
   * @throws IndexOutOfBoundsException if an id is not in the vocabulary or {@code n} is not a length within the array
   * @throws IllegalStateException if there are more distinct ids than the constructor allowed
   */
  public void add(int[] values, int n) {
    Objects.checkFromIndexSize(0, n, values.length);
    for (int i = 0; i < n; i++) {
      add(values[i]);
    }
  }

  /** Sorts the ids added so far; until then {@link #ids} and {@link #index} mean nothing. */
  public void finish() {
    int n = 0;
    for (int w = 0; w < bits.length; w++) {
      bitsBefore[w] = n;
      for (long rest = bits[w]; rest != 0; rest &= rest - 1) {
        ids[n++] = (w << 6) + Long.numberOfTrailingZeros(rest);
      }
    }
  }

  /** Ids are below this. */
  public int vocabularySize() {
    return vocabularySize;
  }

  /** The number of distinct ids. */
  public int count() {
    return count;
  }

  /** The buffer whose first {@link #count} elements are the distinct ids, ascending; the next step overwrites it. */
  public int[] ids() {
    return ids;
  }

  /**
   * The place of an id in {@link #ids}, or -1 if it was not added.
   *
   * @throws IndexOutOfBoundsException unless 0 &lt;= id &lt; the vocabulary size
   */
  public int index(int id) {
    Objects.checkIndex(id, vocabularySize);
    long word = bits[id >>> 6];
    long bit = 1L << id;
    return (word & bit) == 0 ? -1 : bitsBefore[id >>> 6] + Long.bitCount(word & (bit - 1));
  }
}
