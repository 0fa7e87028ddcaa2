/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The data embedded in a report: every number already printed the way the terminal prints it, and the points of the
 * curves. {@code report.js} only places it on the page.
 *
 * @param rateUnit what throughput counts
 * @param headline the four figures of a single run; empty for several
 * @param figures titles of the result columns
 * @param baseline the unigram row below the results; null if there is none
 * @param facts titles of the facts
 * @param runs the runs
 */
record ReportView(
    String rateUnit,
    List<Headline> headline,
    List<String> figures,
    @Nullable List<String> baseline,
    List<String> facts,
    List<Run> runs) {

  /** A figure set in large type with a line of context below. */
  record Headline(String title, String text, String note) {}

  /** One run; {@code diverged} is the sentence of its banner. */
  record Run(
      String label,
      @Nullable String diverged,
      List<Cell> figures,
      List<Fact> facts,
      Curves curves,
      List<ProbedSlot> probe,
      List<Memory> memory,
      @Nullable Step step) {}

  /** A figure of a run and whether no other run has a better one. */
  record Cell(String text, boolean best) {}

  /** The curves of a run. */
  record Curves(Curve loss, Curve score, Curve rate) {}

  /** The errors of a probed slot: all relative ones, and the last of both kinds as text. */
  record ProbedSlot(String table, String slot, Curve error, String relativeError, String overEstimate) {}

  /** Points by rising step; a value that is not finite is null. */
  record Curve(List<Long> x, List<Double> y) {}

  /** Bytes of one component; the first of a run's list is the total. */
  record Memory(String component, Size parameters, Size state, Size dense) {}

  /** A byte count and its text. */
  record Size(long bytes, String text) {
    static Size of(long bytes) {
      return new Size(bytes, ByteSize.format(bytes));
    }
  }

  /** Where the time of a step goes: to the optimizer and to the rest. */
  record Step(double millis, String text, Part optimizer, Part rest) {
    static Step of(Summary.Throughput throughput) {
      double step = throughput.stepMillisMedian();
      // Two medians of different samples: on a jittery machine the part can exceed the whole.
      double optimizer = Math.min(throughput.optimizerMillisMedian(), step);
      return new Step(step, Numbers.millis(step), Part.of(optimizer, step), Part.of(step - optimizer, step));
    }
  }

  /** A part of a step. */
  record Part(double millis, String text, String share) {
    static Part of(double millis, double whole) {
      return new Part(millis, Numbers.millis(millis), whole > 0 ? Numbers.percent(millis / whole) : Numbers.ABSENT);
    }
  }

  /** The view of these runs, of which there is at least one. */
  static ReportView of(List<ReportRun> runs) {
    Summary first = runs.getFirst().summary();
    List<Figure> figures = Figure.all(first);
    Summary.Corpus corpus = first.task().corpus();
    List<List<Cell>> cells = new ArrayList<>();
    runs.forEach(run -> cells.add(new ArrayList<>()));
    for (Figure figure : figures) {
      Double best = figure.best(runs);
      for (int r = 0; r < runs.size(); r++) {
        Summary summary = runs.get(r).summary();
        boolean completed = summary.outcome().divergedAtStep() == null;
        boolean isBest = completed && best != null && best.equals(figure.value().apply(summary));
        cells.get(r).add(new Cell(figure.text(summary), isBest));
      }
    }
    List<Run> views = new ArrayList<>();
    for (int r = 0; r < runs.size(); r++) {
      views.add(run(runs.get(r), cells.get(r)));
    }
    return new ReportView(
        Figure.rateUnit(first),
        runs.size() == 1 ? headline(first) : List.of(),
        figures.stream().map(Figure::title).toList(),
        corpus == null ? null : figures.stream().map(figure -> TerminalReport.unigram(figure, corpus)).toList(),
        Fact.all(first).stream().map(Fact::title).toList(),
        views);
  }

  private static Run run(ReportRun run, List<Cell> cells) {
    Summary summary = run.summary();
    Long divergedAt = summary.outcome().divergedAtStep();
    Summary.Throughput throughput = summary.throughput();
    List<Memory> memory = new ArrayList<>();
    Summary.Bytes total = summary.bytes();
    memory.add(memory("total", total.parameters(), total.optimizerState(), total.optimizerStateDense()));
    for (Summary.MemoryComponent part : summary.memory()) {
      memory.add(memory(part.component(), part.parameters(), part.optimizerState(), part.optimizerStateDense()));
    }
    return new Run(
        run.label(),
        divergedAt == null
            ? null
            : "diverged at step " + Numbers.count(divergedAt)
                + ": its loss, gradient or score was no longer finite",
        cells,
        Fact.all(summary),
        curves(run.metrics()),
        probe(run.metrics()),
        memory,
        throughput == null ? null : Step.of(throughput));
  }

  private static Memory memory(String component, long parameters, long state, long dense) {
    return new Memory(component, Size.of(parameters), Size.of(state), Size.of(dense));
  }

  private static Curves curves(List<Metric> metrics) {
    SortedMap<Long, TrainMetric> train = new TreeMap<>();
    SortedMap<Long, ValidationMetric> validation = new TreeMap<>();
    // Two lines of one step (the last step's and the final one) become one point, the later.
    for (Metric metric : metrics) {
      switch (metric) {
        case TrainMetric measured -> train.put(metric.at().step(), measured);
        case ValidationMetric measured -> validation.put(metric.at().step(), measured);
        case ProbeMetric measured -> {
        }
      }
    }
    return new Curves(
        curve(train, TrainMetric::loss),
        curve(validation, metric -> metric.validation().figure()),
        curve(train, TrainMetric::rate));
  }

  /** One entry per table and slot; every measurement has them all, in one order. */
  private static List<ProbedSlot> probe(List<Metric> metrics) {
    SortedMap<Long, ProbeMetric> points = new TreeMap<>();
    metrics.stream().filter(ProbeMetric.class::isInstance).map(ProbeMetric.class::cast)
        .forEach(metric -> points.put(metric.at().step(), metric));
    List<ProbedSlot> slots = new ArrayList<>();
    List<ProbeMetric.SlotError> last = points.isEmpty() ? List.of() : points.lastEntry().getValue().probe();
    for (int k = 0; k < last.size(); k++) {
      int slot = k;
      ProbeMetric.SlotError error = last.get(k);
      slots.add(new ProbedSlot(error.table(), error.slot(),
          curve(points, metric -> metric.probe().get(slot).relativeError()),
          Numbers.significant(error.relativeError()), Numbers.signed(error.overEstimate())));
    }
    return slots;
  }

  private static <M> Curve curve(Map<Long, M> points, ToDoubleFunction<M> value) {
    return new Curve(
        List.copyOf(points.keySet()), points.values().stream().map(point -> value.applyAsDouble(point)).toList());
  }

  private static List<Headline> headline(Summary run) {
    Summary.Throughput throughput = run.throughput();
    List<Headline> headline = new ArrayList<>();
    headline.add(scored("validation", Figure.validation(run), run.scores().validation(), run));
    headline.add(scored("test", Figure.test(run), run.scores().test(), run));
    Summary.Bytes bytes = run.bytes();
    Double saved = Figure.saved(run);
    headline.add(
        new Headline(
            "optimizer state",
            ByteSize.format(bytes.optimizerState()),
            saved == null || saved == 0
                ? "as much as dense layouts"
                : Numbers.percent(Math.abs(saved))
                    + (saved > 0 ? " less than the " : " more than the ")
                    + ByteSize.format(bytes.optimizerStateDense())
                    + " of dense layouts"));
    headline.add(
        new Headline(
            Figure.rateUnit(run),
            throughput == null ? Numbers.ABSENT : Numbers.rate(throughput.examplesPerSecond()),
            throughput == null
                ? "no step was timed"
                : Numbers.millis(throughput.stepMillisMedian())
                    + " a step, "
                    + Numbers.millis(throughput.optimizerMillisMedian())
                    + " of it the optimizer"));
    return headline;
  }

  private static Headline scored(String split, Figure figure, Summary.@Nullable Score score, Summary run) {
    Summary.Corpus corpus = run.task().corpus();
    if (run.task().images() != null) {
      return new Headline(split + " error", figure.text(run),
          score == null ? "" : "loss " + Numbers.significant(score.loss()));
    }
    return new Headline(split + " perplexity", figure.text(run),
        corpus == null ? "" : "word counts alone: " + TerminalReport.unigram(figure, corpus));
  }
}
