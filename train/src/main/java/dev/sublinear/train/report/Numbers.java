/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import java.util.Locale;

/** Figures as terminal tables and reports print them, whatever the machine's locale. */
public final class Numbers {
  /** Stands for a figure that is not there. */
  static final String ABSENT = "–";

  private Numbers() {}

  /** {@code 12,345}. */
  static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** {@code 148.37}, {@code 1,204.5}, {@code 33,278}, {@code 4.2e+12}. */
  public static String perplexity(double value) {
    if (!Double.isFinite(value)) {
      return "not finite";
    }
    return String.format(
        Locale.ROOT, value < 1000 ? "%,.2f" : value < 10_000 ? "%,.1f" : value < 1e7 ? "%,.0f" : "%.1e", value);
  }

  /** {@code 15,203}. */
  public static String rate(double value) {
    return Double.isFinite(value) ? count(Math.round(value)) : ABSENT;
  }

  /** {@code 0.84 ms}, {@code 21.3 ms}, {@code 1,204 ms}. */
  static String millis(double value) {
    if (!Double.isFinite(value)) {
      return ABSENT;
    }
    return String.format(Locale.ROOT, value < 10 ? "%.2f ms" : value < 100 ? "%.1f ms" : "%,.0f ms", value);
  }

  /** {@code 79.7 %}. */
  static String percent(double fraction) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * fraction);
  }

  /** {@code 2.35 %}, the share of images in error. */
  static String error(double fraction) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * fraction);
  }

  /** {@code 0.310}, {@code 0.00120}, {@code 3.10e-07}. */
  static String significant(double value) {
    if (!Double.isFinite(value)) {
      return ABSENT;
    }
    return value == 0 ? "0" : String.format(Locale.ROOT, "%.3g", value);
  }

  /** {@code +0.310}, {@code -0.00120}. */
  static String signed(double value) {
    return (value > 0 && Double.isFinite(value) ? "+" : "") + significant(value);
  }

  /** {@code 8.4 s}, {@code 12 min 4 s}, {@code 3 h 2 min}. */
  public static String duration(double seconds) {
    if (!Double.isFinite(seconds)) {
      return ABSENT;
    }
    if (seconds < 59.95) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    long whole = Math.round(seconds);
    return whole < 3600
        ? whole / 60 + " min " + whole % 60 + " s"
        : count(whole / 3600) + " h " + whole % 3600 / 60 + " min";
  }
}
