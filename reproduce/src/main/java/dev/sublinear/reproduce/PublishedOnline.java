/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.train.data.Examples;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Cumulative loss per row of an independent port (NumPy, float64) of the paper's code, sketch size 10 where there is
 * one. The paper's own tables are in an appendix that is not to be had.
 */
final class PublishedOnline {
  /** By data and method: a9a at the best of the grid, and a9a.t with the best setting of a9a. */
  private static final Map<String, Map<String, Double>> LOSSES = Map.of(
      "a9a", Map.of("adagrad", 0.332250140, "s-adagrad", 0.332550368, "rfd-son", 0.334498990, "ogd", 0.334578194,
          "ada-fd", 0.354103937, "fd-son", 0.539118399),
      "a9a.t", Map.of("adagrad", 0.332312416, "s-adagrad", 0.333820658, "ogd", 0.336739330, "rfd-son", 0.343282351,
          "ada-fd", 0.365549393, "fd-son", 0.516085540));

  /** S-AdaGrad on a9a by sketch size, at the best rate. */
  private static final Map<Integer, Double> SKETCHES = Map.of(2, 0.334315845, 5, 0.333183171, 10, 0.332550368, 20,
      0.332001377, 50, 0.330811069);

  /** Full-matrix AdaGrad on a9a by eighths of a decade of its rate. */
  private static final SortedMap<Integer, Double> FULL_MATRIX =
      new TreeMap<>(Map.of(-5, 0.331468033444, -3, 0.335091515152));

  private PublishedOnline() {}

  /** The loss of a method at its best setting, if it was measured. */
  static @Nullable Double loss(Examples examples, String method) {
    return LOSSES.getOrDefault(examples.name(), Map.of()).get(method);
  }

  /** The loss of S-AdaGrad with a sketch of that size, if it was measured. */
  static @Nullable Double sketched(Examples examples, int size) {
    return examples.name().equals("a9a") ? SKETCHES.get(size) : null;
  }

  /** The rates at which full-matrix AdaGrad was tried, in eighths of a decade. */
  static List<Integer> fullMatrixEighths() {
    return List.copyOf(FULL_MATRIX.keySet());
  }

  /** Its loss at one of them, if it was measured. */
  static @Nullable Double fullMatrix(Examples examples, int eighths) {
    return examples.name().equals("a9a") ? FULL_MATRIX.get(eighths) : null;
  }

  /** A figure of this table, and how far the measured one is from it. */
  static String[] beside(double measured, @Nullable Double published) {
    return published == null
        ? new String[] {"", ""}
        : new String[] {String.format(Locale.ROOT, "%.9f", published),
          String.format(Locale.ROOT, "%+.1e", measured / published - 1)};
  }
}
