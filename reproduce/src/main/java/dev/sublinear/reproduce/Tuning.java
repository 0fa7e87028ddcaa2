/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;

/**
 * The learning rates that were found for one method.
 *
 * <p>An optimizer whose estimate of a second moment is too large for most elements of a table wants a larger rate there
 * than for its vectors, for which it is exact. That is a matter of units, so a method may have two rates.
 *
 * @param searches stage by stage, each along one line of pairs of rates; none if the rates were given
 * @param rates the best
 */
record Tuning(List<RateSearch> searches, Rates rates) {
  /** Tables may want a rate that is far from that of the others. */
  private static final int FURTHER = 6;

  /** Stages after that of one rate, at most: tables and others in turn. */
  private static final int STAGES = 4;

  /** Rates that nobody searched for. */
  static Tuning given(Rates rates) {
    return new Tuning(List.of(), rates);
  }

  /**
   * Searches the rate of the tables.
   *
   * @param rates tried first
   * @param others rate of the others
   * @param known scores by rate of the tables that are known already
   * @param score the score of a training with these rates, the lower the better
   */
  static Tuning ofTables(Lab lab, List<Float> rates, float others, SortedMap<Float, Double> known,
      BiFunction<Lab, Rates, Double> score) {
    RateSearch search = new RateSearch("", known).trying(lab, rates, RateSearch.FURTHER,
        (own, rate) -> score.apply(own, new Rates(rate, others)));
    return new Tuning(List.of(search), new Rates(search.best(), others));
  }

  /**
   * Searches one rate for all tensors; from there that of the tables, from there that of the others, and each once more
   * as long as the one before it moved, since the best of one depends on the other. The result is the best that was
   * tried along the rate searched last, and if that did not move along the other too; in a valley askew it need not be
   * the best of all pairs.
   *
   * @param rates tried first
   * @param score the score of a training with these rates, the lower the better
   */
  static Tuning ofBoth(Lab lab, List<Float> rates, BiFunction<Lab, Rates, Double> score) {
    Map<Rates, Double> known = new ConcurrentHashMap<>();
    BiFunction<Lab, Rates, Double> once = (own, pair) -> {
      Double found = known.get(pair); // not computeIfAbsent, under whose lock others would wait for the training
      if (found == null) {
        found = score.apply(own, pair);
        known.put(pair, found);
      }
      return found;
    };
    RateSearch one = RateSearch.of("one rate").trying(lab, rates, RateSearch.FURTHER,
        (own, rate) -> once.apply(own, new Rates(rate, rate)));
    List<RateSearch> searches = new ArrayList<>(List.of(one));
    Rates best = new Rates(one.best(), one.best());
    for (int stage = 1; stage <= STAGES; stage++) {
      Rates from = best;
      boolean ofTables = stage % 2 == 1;
      float rate = ofTables ? from.tables() : from.others();
      RateSearch search = RateSearch.of((ofTables ? "tables" : "others") + (stage > 2 ? " again" : ""))
          .trying(lab, List.of(rate / 2, rate, rate * 2), FURTHER,
              (own, other) -> once.apply(own, ofTables ? from.withTables(other) : from.withOthers(other)));
      searches.add(search);
      best = ofTables ? from.withTables(search.best()) : from.withOthers(search.best());
      if (stage > 1 && best.equals(from)) {
        break;
      }
    }
    return new Tuning(searches, best);
  }

  /** The rates in short: one if they are the same. */
  String text(Scope scope) {
    return scope == Scope.WORD_TABLES || rates.tables() == rates.others()
        ? Float.toString(rates.tables())
        : rates.tables() + ", others " + rates.others();
  }
}
