/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import java.util.Arrays;

/** An int array that grows at its end; a corpus has millions of tokens, so none of them is boxed. */
final class IntSequence {
  /** The longest array every JVM can make. */
  private static final int MAX_LENGTH = Integer.MAX_VALUE - 8;

  private int[] values = new int[1 << 10];
  private int size;

  int size() {
    return size;
  }

  int get(int index) {
    return values[index];
  }

  void add(int value) {
    reserve(1);
    values[size++] = value;
  }

  /** Appends the elements [from, to) of {@code other}. */
  void addRange(IntSequence other, int from, int to) {
    reserve(to - from);
    System.arraycopy(other.values, from, values, size, to - from);
    size += to - from;
  }

  int[] toArray() {
    return Arrays.copyOf(values, size);
  }

  private void reserve(int more) {
    if (more > values.length - size) {
      if (more > MAX_LENGTH - size) {
        throw new IllegalArgumentException("more than " + MAX_LENGTH + " tokens: a corpus has to fit one array");
      }
      long length = Math.max((long) size + more, values.length + (values.length >> 1));
      values = Arrays.copyOf(values, (int) Math.min(length, MAX_LENGTH));
    }
  }
}
