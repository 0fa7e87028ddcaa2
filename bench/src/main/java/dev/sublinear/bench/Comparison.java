/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * What {@link SideBySide} measured.
 *
 * @param name what was compared
 * @param unit what was counted: {@code element}, {@code row}, {@code token}
 * @param timings one per contender, in their order
 */
public record Comparison(String name, String unit, List<Timing> timings) {
  /** Copies the list. */
  public Comparison {
    timings = List.copyOf(timings);
  }

  /**
   * The times of one contender.
   *
   * @param name the contender
   * @param units how many units one run handled
   * @param nanosPerUnit the median over its runs
   * @param nanos the time of every run, round by round
   */
  public record Timing(String name, long units, double nanosPerUnit, List<Long> nanos) {
    /** Copies the list. */
    public Timing {
      nanos = List.copyOf(nanos);
    }

    static Timing of(String name, long units, List<Long> nanos) {
      double median = median(nanos.stream().mapToDouble(Long::doubleValue).toArray());
      return new Timing(name, units, median / units, nanos);
    }
  }

  /** Whether this contender took part. */
  public boolean has(String contender) {
    return timings.stream().anyMatch(timing -> timing.name().equals(contender));
  }

  private Timing timing(String contender) {
    return timings.stream().filter(timing -> timing.name().equals(contender)).findFirst()
        .orElseThrow(() -> new NoSuchElementException(name + " has no contender " + contender));
  }

  /** Median nanoseconds per unit of a contender. */
  public double nanosPerUnit(String contender) {
    return timing(contender).nanosPerUnit();
  }

  /** How many times as long {@code contender} takes per unit as {@code base}: the median of the rounds' ratios. */
  public double ratio(String contender, String base) {
    Timing a = timing(contender);
    Timing b = timing(base);
    double[] ratios = new double[a.nanos().size()];
    Arrays.setAll(ratios, i -> (double) a.nanos().get(i) / a.units() / ((double) b.nanos().get(i) / b.units()));
    return median(ratios);
  }

  /**
   * The middle one of an odd number of values, the mean of the middle two of an even one.
   *
   * @param values at least one, in any order
   */
  public static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
