/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import dev.sublinear.kernel.CounterRandom;

/** Random orders (Fisher and Yates, 1938), each a function of its key alone. */
public final class Permutation {
  private Permutation() {}

  /** Shuffles {@code order} in place and returns it. */
  public static int[] shuffle(int[] order, long key) {
    for (int i = order.length - 1; i > 0; i--) {
      int j = (int) CounterRandom.below(key, i, i + 1L);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }
}
