/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import dev.sublinear.train.report.Json;
import dev.sublinear.train.report.Machine;
import dev.sublinear.train.report.MarkdownTable;
import dev.sublinear.train.report.Numbers;
import java.util.List;
import java.util.Locale;

/**
 * Everything that was found.
 *
 * @param scale how large the benchmarks were
 * @param seconds how long they took
 * @param machine where
 * @param torch version of the Python torch that was found, or why none was
 * @param threads the numbers of threads that were compared
 * @param goals of all sections, in their order
 * @param sections the raw figures
 */
public record Report(Scale scale, double seconds, Machine machine, String torch, List<Integer> threads,
    List<Goal> goals, List<Findings> sections) {
  /** Copies the lists. */
  public Report {
    threads = List.copyOf(threads);
    goals = List.copyOf(goals);
    sections = List.copyOf(sections);
  }

  /** This report as one JSON document. */
  public String json() {
    return Json.document(this);
  }

  /** The goals as a Markdown table, why some were not measured, and how long it all took. */
  String goalsMarkdown() {
    MarkdownTable table = new MarkdownTable("goal", "to reach", "measured", "met");
    StringBuilder notes = new StringBuilder();
    for (Goal goal : goals) {
      Double measured = goal.measured();
      table.row(goal.name(), goal.comparison() + " " + figure(goal.goal(), goal.unit()),
          measured == null ? "not measured" : figure(measured, goal.unit()),
          goal.met() == null ? "" : goal.met() ? "yes" : "no");
      if (goal.note() != null) {
        notes.append("- ").append(goal.name()).append(": ").append(goal.note()).append('\n');
      }
    }
    return "## Goals\n\n" + table.render() + (notes.isEmpty() ? "" : "\n" + notes) + "\nTook "
        + Numbers.duration(seconds) + ".\n";
  }

  private static String figure(double value, String unit) {
    String digits = value == Math.rint(value) && Math.abs(value) >= 10 || value == 0
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, "%,.2f", value);
    return digits + (unit.isEmpty() ? "" : " " + unit);
  }
}
