/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.BiFunction;

/** A search of one learning rate: those given, and where the best is at the edge of those tried, further by factors of 2. */
final class RateSearch {
  /** How often a search goes further unless it says otherwise. */
  static final int FURTHER = 3;

  private RateSearch() {}

  /**
   * Tries rates.
   *
   * @param lab trains several at once
   * @param rates at least one
   * @param found scores by rate, where a rate may be known already; takes those of all others
   * @param score the score of a rate, the lower the better, trained with the lab it is given
   */
  static void fill(Lab lab, List<Float> rates, SortedMap<Float, Double> found, BiFunction<Lab, Float, Double> score) {
    fill(lab, rates, FURTHER, found, score);
  }

  /** The same, {@code further} times beyond the edge at most. */
  static void fill(Lab lab, List<Float> rates, int further, SortedMap<Float, Double> found,
      BiFunction<Lab, Float, Double> score) {
    List<Float> unknown = rates.stream().filter(rate -> !found.containsKey(rate)).toList();
    List<Double> scores = lab.together(unknown, score);
    for (int i = 0; i < unknown.size(); i++) {
      found.put(unknown.get(i), scores.get(i));
    }
    for (int i = 0; i < further; i++) {
      float best = best(found);
      boolean isFirst = found.firstKey() == best;
      if (!isFirst && found.lastKey() != best) {
        return;
      }
      float next = isFirst ? best / 2 : best * 2;
      found.put(next, score.apply(lab, next));
    }
  }

  /** The rate of the lowest score, the lower rate of equal ones. */
  static float best(SortedMap<Float, Double> found) {
    return found.entrySet().stream().min(Map.Entry.comparingByValue()).orElseThrow().getKey();
  }
}
