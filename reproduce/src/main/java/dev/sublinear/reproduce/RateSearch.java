/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;

/**
 * A search of one learning rate: those given, and where the best is at the edge of those tried, further by factors
 * of 2.
 *
 * @param stage which of several searches for a method it is; empty if there is one
 * @param scores by rate, the lower the better
 */
record RateSearch(String stage, SortedMap<Float, Double> scores) {
  /** How often a search goes further unless it says otherwise. */
  static final int FURTHER = 3;

  /** Copies the scores. */
  RateSearch {
    scores = Collections.unmodifiableSortedMap(new TreeMap<>(scores));
  }

  /** A search that knows nothing yet. */
  static RateSearch of(String stage) {
    return new RateSearch(stage, new TreeMap<>());
  }

  /**
   * The same with more rates tried.
   *
   * @param lab trains several at once
   * @param rates at least one; those that are known are not tried again
   * @param further how many rates are tried beyond the edge at most
   * @param score the score of a rate, trained with the lab it is given
   */
  RateSearch trying(Lab lab, List<Float> rates, int further, BiFunction<Lab, Float, Double> score) {
    SortedMap<Float, Double> found = new TreeMap<>(scores);
    List<Float> unknown = rates.stream().filter(rate -> !found.containsKey(rate)).toList();
    List<Double> unknownScores = lab.together(unknown, score);
    for (int i = 0; i < unknown.size(); i++) {
      found.put(unknown.get(i), unknownScores.get(i));
    }
    for (int i = 0; i < further; i++) {
      float best = best(found);
      boolean isFirst = found.firstKey() == best;
      if (!isFirst && found.lastKey() != best) {
        break;
      }
      float next = isFirst ? best / 2 : best * 2;
      found.put(next, score.apply(lab, next));
    }
    return new RateSearch(stage, found);
  }

  /** The rate of the lowest score, the lower rate of equal ones. */
  float best() {
    return best(scores);
  }

  private static float best(SortedMap<Float, Double> scores) {
    return scores.entrySet().stream().min(Map.Entry.comparingByValue()).orElseThrow().getKey();
  }

  /** What it is a search of. */
  String label(String method) {
    return stage.isEmpty() ? method : method + ", " + stage;
  }

  /** Scores by rate in a line. */
  String text(DoubleFunction<String> score) {
    return scores.entrySet().stream().map(entry -> entry.getKey() + ": " + text(entry.getValue(), score))
        .collect(Collectors.joining(", "));
  }

  /** A score, or that its training diverged. */
  static String text(double value, DoubleFunction<String> score) {
    return Double.isFinite(value) ? score.apply(value) : "diverged";
  }
}
