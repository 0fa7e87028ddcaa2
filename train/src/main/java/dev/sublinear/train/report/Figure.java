/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A measured figure of a run: what it is called, how it is printed and which direction is better. Terminal tables and
 * reports both iterate {@link #all}, so they never show different columns.
 *
 * @param title its name, short enough for a column
 * @param better which direction wins, if any
 * @param value the figure of a run; null if it was not measured
 * @param format its text
 */
record Figure(
    String title, Better better, Function<Summary, @Nullable Double> value, DoubleFunction<String> format) {

  /** Which of two values of a figure is the better one. */
  enum Better {
    LOWER,
    HIGHER,
    NEITHER
  }

  static final Figure VALIDATION =
      new Figure(
          "validation ppl", Better.LOWER, s -> perplexity(s.scores().validation()), Numbers::perplexity);
  static final Figure TEST =
      new Figure("test ppl", Better.LOWER, s -> perplexity(s.scores().test()), Numbers::perplexity);

  private static final Figure VALIDATION_ERROR =
      new Figure("validation error", Better.LOWER, s -> errorRate(s.scores().validation()), Numbers::error);
  private static final Figure TEST_ERROR =
      new Figure("test error", Better.LOWER, s -> errorRate(s.scores().test()), Numbers::error);
  private static final Figure TEST_LOSS = new Figure("test loss", Better.LOWER, s -> loss(s.scores().test()),
      Numbers::significant);

  /** The figure of the validation data. */
  static Figure validation(Summary run) {
    return run.task().images() == null ? VALIDATION : VALIDATION_ERROR;
  }

  /** The figure of the test data. */
  static Figure test(Summary run) {
    return run.task().images() == null ? TEST : TEST_ERROR;
  }

  /**
   * The figures of a run, in the order they are shown. Speeds are not ranked: the first run of a comparison also pays
   * for loading the engine and for compiling, and others may share the machine.
   */
  static List<Figure> all(Summary run) {
    List<Figure> figures = new ArrayList<>(List.of(validation(run), test(run)));
    if (run.task().images() != null) {
      figures.add(TEST_LOSS);
    }
    figures.addAll(List.of(
        new Figure("state", Better.LOWER, s -> (double) s.bytes().optimizerState(), Figure::bytes),
        new Figure("dense state", Better.NEITHER, s -> (double) s.bytes().optimizerStateDense(), Figure::bytes),
        new Figure("saved", Better.HIGHER, Figure::saved, Numbers::percent),
        new Figure(rateUnit(run), Better.NEITHER, s -> of(s, Summary.Throughput::examplesPerSecond), Numbers::rate),
        new Figure("step", Better.NEITHER, s -> of(s, Summary.Throughput::stepMillisMedian), Numbers::millis),
        new Figure(
            "optimizer", Better.NEITHER, s -> of(s, Summary.Throughput::optimizerMillisMedian), Numbers::millis)));
    return figures;
  }

  /** What throughput counts. */
  static String rateUnit(Summary run) {
    return run.task().images() != null ? "images/s" : run.task().corpus() == null ? "examples/s" : "tokens/s";
  }

  /** The share of the dense state that was not needed; null where dense layouts would need none. */
  static @Nullable Double saved(Summary run) {
    long dense = run.bytes().optimizerStateDense();
    return dense == 0 ? null : 1 - (double) run.bytes().optimizerState() / dense;
  }

  /** The figure of {@code run} as text. */
  String text(Summary run) {
    Double measured = value.apply(run);
    return measured == null ? Numbers.ABSENT : format.apply(measured);
  }

  /**
   * The best finite value among the runs that completed (fast or small is no merit in one that diverged); null if there
   * is none, or nothing to choose between.
   */
  @Nullable
  Double best(List<ReportRun> runs) {
    List<Double> finite =
        runs.stream()
            .filter(run -> run.summary().outcome().divergedAtStep() == null)
            .flatMap(run -> Stream.ofNullable(value.apply(run.summary())))
            .filter(Double::isFinite)
            .sorted()
            .toList();
    if (better == Better.NEITHER || finite.isEmpty() || finite.getFirst().equals(finite.getLast())) {
      return null;
    }
    return better == Better.LOWER ? finite.getFirst() : finite.getLast();
  }

  private static @Nullable Double perplexity(Summary.@Nullable Score score) {
    return score == null ? null : score.perplexity();
  }

  private static @Nullable Double errorRate(Summary.@Nullable Score score) {
    return score == null ? null : score.errorRate();
  }

  private static @Nullable Double loss(Summary.@Nullable Score score) {
    return score == null ? null : score.loss();
  }

  private static @Nullable Double of(Summary run, Function<Summary.Throughput, Double> figure) {
    Summary.Throughput throughput = run.throughput();
    return throughput == null ? null : figure.apply(throughput);
  }

  private static String bytes(double value) {
    return ByteSize.format((long) value);
  }
}
