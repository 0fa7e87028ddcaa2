/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import java.util.Locale;

/**
 * Byte counts as people read them, in decimal units (1 kB = 1000 B): the one place where terminal and report get them.
 */
public final class ByteSize {
  private static final String[] UNITS = {"kB", "MB", "GB", "TB", "PB", "EB"};

  private ByteSize() {}

  /**
   * Formats with three significant digits: {@code 999 B}, {@code 1.00 kB}, {@code 25.3 GB}.
   *
   * @param bytes the count; a negative one keeps its sign
   */
  public static String format(long bytes) {
    double value = bytes;
    if (Math.abs(value) < 1000) {
      return bytes + " B";
    }
    int unit = -1;
    // 999.5 is the first value that would round up to four digits.
    while (Math.abs(value) >= 999.5 && unit < UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    double size = Math.abs(value);
    int decimals = size < 9.995 ? 2 : size < 99.95 ? 1 : 0;
    return String.format(Locale.ROOT, "%." + decimals + "f %s", value, UNITS[unit]);
  }
}
