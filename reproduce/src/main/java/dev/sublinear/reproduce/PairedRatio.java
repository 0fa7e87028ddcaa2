/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * How two methods compare over paired seeds: exp of the mean of log(a_i / b_i), and of the least and greatest of them.
 *
 * <p>With two seeds the interval holds the median of all seeds with probability one half; it is a range, not a 95 %
 * interval, which for two seeds would hold nearly everything.
 *
 * @param mean the geometric mean of the ratios
 * @param low the least
 * @param high the greatest
 */
record PairedRatio(double mean, double low, double high) {
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
        Math.exp(logs[0]), Math.exp(logs[logs.length - 1]));
  }

  /** The mean, with the least and the greatest in brackets. */
  String text() {
    return text(mean) + " [" + text(low) + ", " + text(high) + "]";
  }

  /** A ratio to three places. */
  static String text(double ratio) {
    return Double.isFinite(ratio) ? String.format(Locale.ROOT, ratio < 1_000 ? "%.3f" : "%.1e", ratio) : "diverged";
  }
}
