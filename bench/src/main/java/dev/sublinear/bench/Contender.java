/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import java.io.IOException;

/**
 * One of the sides that {@link SideBySide} lets run in turn.
 *
 * @param name its name in tables; unique among the contenders
 * @param units how many elements, rows or tokens one run handles
 * @param run makes one run
 */
public record Contender(String name, long units, Run run) {
  /** One repetition of the work. */
  public interface Run {
    /**
     * Makes one run and tells how long what is measured took: a contender may prepare its run outside that time, or be
     * another process with a clock of its own.
     *
     * @return nanoseconds
     * @throws IOException if another process failed
     */
    long nanos() throws IOException;
  }

  /** A contender in this process whose whole run is timed. */
  public static Contender of(String name, long units, Runnable work) {
    return new Contender(name, units, () -> {
      long start = System.nanoTime();
      work.run();
      return System.nanoTime() - start;
    });
  }
}
