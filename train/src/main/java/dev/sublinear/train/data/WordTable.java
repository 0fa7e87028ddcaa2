/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import dev.sublinear.kernel.CounterRandom;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Numbers words (UTF-8 byte ranges) in order of their first occurrence.
 *
 * <p>A reader looks up every token of a corpus, so a look-up makes no String: open addressing over the bytes.
 */
final class WordTable {
  private byte[] pool = new byte[1 << 16];
  private final IntSequence ends = new IntSequence();
  private final IntSequence hashes = new IntSequence();

  /** Word id + 1, or 0 for a free slot; the length is a power of two and at most half is used. */
  private int[] slots = new int[1 << 12];

  int size() {
    return ends.size();
  }

  /** The id of the word in {@code bytes[from, to)}, a new one if the word has not been seen. */
  int id(byte[] bytes, int from, int to) {
    int hash = hash(bytes, from, to);
    int mask = slots.length - 1;
    int slot = hash & mask;
    while (slots[slot] != 0) {
      int id = slots[slot] - 1;
      if (hashes.get(id) == hash && Arrays.equals(pool, start(id), ends.get(id), bytes, from, to)) {
        return id;
      }
      slot = (slot + 1) & mask;
    }
    append(bytes, from, to, hash);
    slots[slot] = size();
    if (2 * size() > slots.length) {
      rehash();
    }
    return size() - 1;
  }

  /** The id of {@code word}, a new one if the word has not been seen. */
  int id(String word) {
    byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
    return id(bytes, 0, bytes.length);
  }

  String word(int id) {
    return new String(pool, start(id), ends.get(id) - start(id), StandardCharsets.UTF_8);
  }

  private int start(int id) {
    return id == 0 ? 0 : ends.get(id - 1);
  }

  private void append(byte[] bytes, int from, int to, int hash) {
    int start = start(size());
    int end = Math.addExact(start, to - from);
    if (end > pool.length) {
      pool = Arrays.copyOf(pool, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(end, 2L * pool.length)));
    }
    System.arraycopy(bytes, from, pool, start, to - from);
    ends.add(end);
    hashes.add(hash);
  }

  private void rehash() {
    slots = new int[2 * slots.length];
    int mask = slots.length - 1;
    for (int id = 0; id < size(); id++) {
      int slot = hashes.get(id) & mask;
      while (slots[slot] != 0) {
        slot = (slot + 1) & mask;
      }
      slots[slot] = id + 1;
    }
  }

  private static int hash(byte[] bytes, int from, int to) {
    long hash = (long) to - from;
    for (int i = from; i < to; i++) {
      hash = hash * 31 + bytes[i];
    }
    return (int) CounterRandom.mix(hash);
  }
}
