/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A report as one HTML file that needs nothing else: style, script, chart library and data are inside, and it never
 * reaches for the network.
 *
 * <p>{@code report.html} beside this class's resources is the template, {@code report.css} and {@code report.js} are
 * its style and its script; uPlot 1.6.32 draws the curves (MIT; its licence is kept beside it and inside every report).
 * The same runs always give the same file.
 */
public final class HtmlReport {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([a-z.-]+)}}");

  private HtmlReport() {}

  /** The report of one run, under the command line of its summary. */
  public static String render(ReportRun run) {
    return page(run.label(), run.summary().setup().command(), List.of(run));
  }

  /**
   * The report of several runs side by side.
   *
   * @param command the command line that made them
   * @param runs the runs, in the order they are shown
   * @throws IllegalArgumentException if there is none
   */
  public static String render(String command, List<ReportRun> runs) {
    if (runs.isEmpty()) {
      throw new IllegalArgumentException("0 runs: must be >= 1");
    }
    String title = runs.size() == 1 ? runs.getFirst().label() : runs.size() + " optimizers compared";
    return page(title, command, runs);
  }

  private static String subtitle(List<ReportRun> runs) {
    Summary.Task task = runs.getFirst().summary().task();
    Summary.Corpus corpus = task.corpus();
    Summary.Images images = task.images();
    LongSummaryStatistics steps =
        runs.stream().mapToLong(run -> run.summary().outcome().steps()).summaryStatistics();
    return task.model().name()
        + (corpus == null ? "" : " on " + corpus.name())
        + (images == null ? "" : " on " + images.name())
        + (steps.getMin() == steps.getMax() ? ", " : ", up to ")
        + Numbers.count(steps.getMax())
        + " steps"
        + (runs.size() == 1 ? "" : " each");
  }

  private static String page(String title, String command, List<ReportRun> runs) {
    boolean hasImages = runs.getFirst().summary().task().images() != null;
    Map<String, String> parts =
        Map.ofEntries(
            Map.entry("title", escape(title)),
            Map.entry("subtitle", escape(subtitle(runs))),
            Map.entry("command", escape(command)),
            Map.entry("version", escape(runs.getFirst().summary().setup().version())),
            Map.entry("loss-unit", hasImages ? "nats per image" : "nats per token"),
            Map.entry("score", hasImages ? "error" : "perplexity"),
            Map.entry("data", Json.forScriptElement(ReportView.of(runs))),
            Map.entry("report.css", resource("report.css")),
            Map.entry("report.js", resource("report.js")),
            Map.entry("uplot.css", resource("uplot/uPlot.min.css")),
            Map.entry("uplot.js", resource("uplot/uPlot.iife.min.js")),
            Map.entry("uplot.licence", resource("uplot/LICENSE")));
    // One pass, so that braces inside a part are never taken for a placeholder.
    return PLACEHOLDER
        .matcher(resource("report.html"))
        .replaceAll(found -> Matcher.quoteReplacement(part(parts, found.group(1))));
  }

  private static String part(Map<String, String> parts, String name) {
    String part = parts.get(name);
    if (part == null) {
      throw new IllegalStateException("report.html: no part is called " + name);
    }
    return part;
  }

  /** Text as it must stand in HTML content and in quoted attributes. */
  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  private static String resource(String name) {
    try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing from the jar of module train: build it again");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
