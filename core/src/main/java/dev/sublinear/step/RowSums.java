/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.step;

import java.util.Arrays;

/**
 * Two sums over the rows of a gradient that do not depend on the number of threads: rows are cut into {@link #CHUNKS}
 * by their number alone, a chunk is summed by one thread, and the chunks are added up in their order, in double.
 */
final class RowSums {
  /** So many that parts made of whole chunks are about equal for some hundred threads. */
  private static final int CHUNKS = 4096;

  /** Eight doubles a chunk, a cache line, so that threads do not write to one. */
  private static final int STRIDE = 8;

  private final double[] sums = new double[CHUNKS * STRIDE];

  void clear() {
    Arrays.fill(sums, 0);
  }

  double[] array() {
    return sums;
  }

  /** The first row of a part. */
  static long first(long rows, int part, int parts) {
    return rows * (CHUNKS * part / parts) / CHUNKS;
  }

  /** Where in the array row number {@code i} of {@code rows} is added. */
  static int place(long i, long rows) {
    return STRIDE * (int) (((i + 1) * CHUNKS - 1) / rows);
  }

  double total(int number) {
    double total = 0;
    for (int i = number; i < sums.length; i += STRIDE) {
      total += sums[i];
    }
    return total;
  }
}
