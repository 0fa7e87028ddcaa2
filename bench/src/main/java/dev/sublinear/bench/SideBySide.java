/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * Runs contenders in turn, so that whatever else the machine does meets all of them alike.
 *
 * <p>First every contender runs {@code warmups} times. Then come rounds in which each runs once, the first of a round
 * being another one each time. A figure to quote is the ratio of two contenders within a round, whose median a spell of
 * noise does not move.
 *
 * @param warmups runs of each contender before anything is kept
 * @param rounds most rounds
 * @param seconds after so many seconds no further round begins, except that there are at least {@link #LEAST_ROUNDS}
 */
public record SideBySide(int warmups, int rounds, double seconds) {
  /** Fewer rounds have no median worth the name. */
  public static final int LEAST_ROUNDS = 3;

  /** Checks the ranges. */
  public SideBySide {
    if (warmups < 0 || rounds < LEAST_ROUNDS) {
      throw new IllegalArgumentException(
          warmups + " warm-ups and " + rounds + " rounds: must be >= 0 and >= " + LEAST_ROUNDS);
    }
  }

  /**
   * Runs them all.
   *
   * @param name what is compared, for the report
   * @param unit what a contender's units are, for the report: {@code element}, {@code row}, {@code token}
   * @param contenders in the order of the report
   * @throws IOException if a contender in another process failed
   */
  public Comparison run(String name, String unit, List<Contender> contenders) throws IOException {
    if (new HashSet<>(contenders.stream().map(Contender::name).toList()).size() < contenders.size()) {
      throw new IllegalArgumentException(name + ": two contenders have one name");
    }
    for (Contender contender : contenders) {
      for (int i = 0; i < warmups; i++) {
        contender.run().nanos();
      }
    }
    int n = contenders.size();
    List<List<Long>> nanos = new ArrayList<>();
    contenders.forEach(contender -> nanos.add(new ArrayList<>()));
    long end = System.nanoTime() + (long) (1e9 * seconds);
    for (int round = 0; round < rounds && (round < LEAST_ROUNDS || System.nanoTime() < end); round++) {
      for (int i = 0; i < n; i++) {
        int turn = (round + i) % n;
        nanos.get(turn).add(contenders.get(turn).run().nanos());
      }
    }
    List<Comparison.Timing> timings = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      timings.add(Comparison.Timing.of(contenders.get(i).name(), contenders.get(i).units(), nanos.get(i)));
    }
    return new Comparison(name, unit, timings);
  }
}
