/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * How two methods compare over paired seeds: exp of the mean of log(a_i / b_i), and an interval of them.
 *
 * <p>The interval is the narrowest from the k-th least to the k-th greatest ratio that holds the median of all seeds
 * with probability one half or more (but for a single seed), whatever their distribution: from the least to the
 * greatest of up to four seeds, from the fourth least to the fourth greatest of ten. It is not one of 95 %, which for
 * two seeds would hold nearly everything.
 *
 * @param mean the geometric mean of the ratios
 * @param low lower end of the interval
 * @param high upper end of the interval
 */
record PairedRatio(double mean, double low, double high) {
  /** What {@link #text} has in its brackets, for the pages. */
  static final String INTERVAL =
      "and in brackets the interval from the k-th least to the k-th greatest that holds the median of all"
          + " seeds with probability 1/2 or more: with up to four seeds the least and the greatest";

  /**
   * The ratio of {@code measured} to {@code base}, seed by seed.
   *
   * @throws IllegalArgumentException if the lists differ in length or are empty
   */
  static PairedRatio of(List<Double> measured, List<Double> base) {
    if (measured.size() != base.size() || base.isEmpty()) {
      throw new IllegalArgumentException(
          measured.size() + " and " + base.size() + " values: must be as many, and some");
    }
    double[] logs =
        IntStream.range(0, base.size()).mapToDouble(i -> Math.log(measured.get(i) / base.get(i))).sorted().toArray();
    return new PairedRatio(Math.exp(IntStream.range(0, logs.length).mapToDouble(i -> logs[i]).average().orElseThrow()),
        Math.exp(logs[ends(logs.length)]), Math.exp(logs[logs.length - 1 - ends(logs.length)]));
  }

  /**
   * How many values lie beyond each end: the most of n coins that show heads, or fewer, with a probability up to 1/4.
   */
  private static int ends(int n) {
    double some = Math.pow(0.5, n);
    double atMost = some;
    int count = 0;
    while (true) {
      some *= (double) (n - count) / (count + 1);
      atMost += some;
      if (atMost > 0.25) {
        return count;
      }
      count++;
    }
  }

  /** The mean, with the interval in brackets. */
  String text() {
    return text(mean) + " [" + text(low) + ", " + text(high) + "]";
  }

  /** A ratio to three places. */
  static String text(double ratio) {
    return Double.isFinite(ratio) ? String.format(Locale.ROOT, ratio < 1_000 ? "%.3f" : "%.1e", ratio) : "diverged";
  }
}
