/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sublinear.train.report.MarkdownTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What one section found: text and tables for people, every time and figure for programs, goals for both. Not
 * thread-safe.
 */
public final class Findings {
  private final String title;
  private final StringBuilder text = new StringBuilder();
  private final List<Comparison> comparisons = new ArrayList<>();
  private final Map<String, Object> figures = new LinkedHashMap<>();
  private final List<Goal> goals = new ArrayList<>();

  /** Nothing yet. */
  public Findings(String title) {
    this.title = title;
  }

  /** Adds a paragraph. */
  public void say(String paragraph) {
    text.append(paragraph).append("\n\n");
  }

  /** Adds a table. */
  public void table(MarkdownTable table) {
    text.append(table.render()).append('\n');
  }

  /** Adds a comparison to the raw figures, and a table of it in which {@code base} is 1. */
  public void compare(Comparison comparison, String base) {
    keep(comparison);
    MarkdownTable table = new MarkdownTable(comparison.name(), "ns/" + comparison.unit(), "million/s", "ratio");
    for (Comparison.Timing timing : comparison.timings()) {
      table.row(timing.name(), number(timing.nanosPerUnit()), number(1e3 / timing.nanosPerUnit()),
          number(comparison.ratio(timing.name(), base)));
    }
    table(table);
  }

  /** Adds a comparison to the raw figures only. */
  public void keep(Comparison comparison) {
    comparisons.add(comparison);
  }

  /** Adds a raw figure: a number, a text, or a record or map of them. */
  public void figure(String name, Object value) {
    figures.put(name, value);
  }

  /** Adds a goal. */
  public void goal(Goal goal) {
    goals.add(goal);
  }

  /** The headline. */
  @JsonProperty
  public String title() {
    return title;
  }

  /** All comparisons. */
  @JsonProperty
  public List<Comparison> comparisons() {
    return List.copyOf(comparisons);
  }

  /** All raw figures. */
  @JsonProperty
  public Map<String, Object> figures() {
    return new LinkedHashMap<>(figures);
  }

  List<Goal> goals() {
    return List.copyOf(goals);
  }

  String markdown() {
    return "## " + title + "\n\n" + text;
  }

  /** A figure with about three significant digits: {@code 0.684}, {@code 12.7}, {@code 5,310}. */
  static String number(double value) {
    double size = Math.abs(value);
    int decimals = size < 9.995 ? size < 0.0995 ? 4 : size < 0.9995 ? 3 : 2 : size < 99.95 ? 1 : 0;
    return value == 0 ? "0" : String.format(Locale.ROOT, "%,." + decimals + "f", value);
  }
}
