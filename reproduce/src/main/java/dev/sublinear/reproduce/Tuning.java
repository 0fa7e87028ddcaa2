/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;

/**
 * The learning rates that were found for one method.
 *
 * <p>An optimizer whose estimate of a second moment is too large for most elements of a table wants a larger rate there than
 * for its vectors, for which it is exact. That is a matter of units, so a method may have two rates.
 *
 * @param one scores by a rate that all tensors have; empty if that of the others was given
 * @param tables scores by the rate of the tables, where the others have theirs of {@code one}, or the given one
 * @param others scores by the rate of the others, where the tables have their best; empty if it was given
 * @param rates the best
 */
record Tuning(SortedMap<Float, Double> one, SortedMap<Float, Double> tables, SortedMap<Float, Double> others,
    Rates rates) {
  /** A table may want a rate that is far from that of the others. */
  private static final int FURTHER = 6;

  /** Rates that nobody searched for. */
  static Tuning given(Rates rates) {
    return new Tuning(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), rates);
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
    SortedMap<Float, Double> tables = new TreeMap<>(known);
    RateSearch.fill(lab, rates, tables, (own, rate) -> score.apply(own, new Rates(rate, others)));
    return new Tuning(new TreeMap<>(), tables, new TreeMap<>(), new Rates(RateSearch.best(tables), others));
  }

  /**
   * Searches one rate for all tensors; from there that of the tables; and from there that of the others.
   *
   * @param rates tried first
   * @param score the score of a training with these rates, the lower the better
   */
  static Tuning ofBoth(Lab lab, List<Float> rates, BiFunction<Lab, Rates, Double> score) {
    SortedMap<Float, Double> one = new TreeMap<>();
    RateSearch.fill(lab, rates, one, (own, rate) -> score.apply(own, new Rates(rate, rate)));
    float both = RateSearch.best(one);
    SortedMap<Float, Double> tables = new TreeMap<>();
    tables.put(both, one.get(both));
    RateSearch.fill(lab, List.of(both / 2, both * 2), FURTHER, tables,
        (own, rate) -> score.apply(own, new Rates(rate, both)));
    float best = RateSearch.best(tables);
    SortedMap<Float, Double> others = new TreeMap<>();
    others.put(both, tables.get(best));
    RateSearch.fill(lab, List.of(both / 2, both * 2), others, (own, rate) -> score.apply(own, new Rates(best, rate)));
    return new Tuning(one, tables, others, new Rates(best, RateSearch.best(others)));
  }

  /**
   * What was searched.
   *
   * @param label for what
   * @param scores by rate
   */
  record Search(String label, SortedMap<Float, Double> scores) {}

  /** What was searched, stage by stage; {@code label} is the method's. */
  List<Search> searches(String label) {
    List<Search> searches = new ArrayList<>();
    if (!one.isEmpty()) {
      searches.add(new Search(label + ", one rate", one));
    }
    if (!tables.isEmpty()) {
      searches.add(new Search(one.isEmpty() ? label : label + ", tables", tables));
    }
    if (!others.isEmpty()) {
      searches.add(new Search(label + ", others", others));
    }
    return searches;
  }

  /** The rates in short: one if they are the same. */
  String text(Scope scope) {
    return scope == Scope.WORD_TABLES || rates.tables() == rates.others()
        ? Float.toString(rates.tables())
        : rates.tables() + ", others " + rates.others();
  }
}
