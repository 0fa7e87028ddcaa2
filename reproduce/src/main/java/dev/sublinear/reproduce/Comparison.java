/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.train.data.Corpus;
import dev.sublinear.train.loop.LmOptions;
import dev.sublinear.train.loop.LmTraining;
import dev.sublinear.train.loop.TrainingListener;
import dev.sublinear.train.report.Numbers;
import dev.sublinear.train.report.ReportRun;
import dev.sublinear.train.report.Summary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Several methods under one protocol: each gets a learning-rate search of the same budget with one seed on a part of
 * the training text, chosen by validation; then the winner is trained with paired seeds (the same first weights,
 * batches and negatives for all methods) and tested once ({@link Lab#together}); then short trainings of all methods in
 * turn, one at a time, are timed.
 *
 * <p>With {@link Scope#WORD_TABLES} the methods differ in the optimizer of the tables alone. All other tensors have the
 * rule of the first method with dense layouts, at the rate that is best where all tensors have the same rate and dense
 * layouts: a search before the others. The searches of the methods move the rate of the tables alone. (A sketched
 * second moment is too large or too small by a factor for many rows, which another rate mends; if that rate were that
 * of the LSTM too, a method would be punished for a matter of units.) With {@link Scope#ALL_TENSORS} every method
 * searches both rates for itself. {@link Tuning} and {@link RateSearch} say which rates are tried.
 */
final class Comparison {
  private static final int TIMINGS = 5;
  private static final TrainingListener SILENT = new TrainingListener() {};

  private final Lab lab;
  private final Corpus corpus;
  private final Scope scope;
  private final OptimizerSpec denseOfFirst;

  private Comparison(Lab lab, Corpus corpus, Scope scope, Method first) {
    this.lab = lab;
    this.corpus = corpus;
    this.scope = scope;
    denseOfFirst = OptimizerSpec.dense(first.spec().rule());
  }

  /**
   * What is compared.
   *
   * @param recipe how it is trained
   * @param method with what
   */
  record Entry(Recipe recipe, Method method) {
    private boolean isSearching() {
      return recipe.rates().size() > 1;
    }

    private List<Float> rates() {
      return recipe.rates().stream().map(method::rate).toList();
    }
  }

  /** What was found for one entry before the final trainings. */
  private record Found(Entry entry, Tuning tuning) {}

  /**
   * What came out for one method.
   *
   * @param method the method
   * @param tuning the rates of the final trainings, and validation perplexities of the search; infinite if one diverged
   * @param runs the final trainings, one for each seed
   * @param stepMillis the median duration of a step of each timed training; not a number if none got through
   */
  record Outcome(Method method, Tuning tuning, List<ReportRun> runs, List<Double> stepMillis) {
    /** Test perplexity by seed; infinite for a run that diverged. */
    List<Double> perplexities() {
      return runs.stream().map(run -> perplexity(run, run.summary().scores().test())).toList();
    }

    /** The median of the timed trainings. */
    double medianStepMillis() {
      return median(stepMillis);
    }
  }

  /**
   * What came out.
   *
   * @param shared the search of the first method for a rate that all tensors have, where that decides the rate of those
   *     that are no tables; otherwise without a score
   * @param outcomes of the methods, in their order
   */
  record Result(RateSearch shared, List<Outcome> outcomes) {}

  /**
   * Runs the whole protocol with one recipe; the first method is the one all others are compared to.
   *
   * @throws IllegalArgumentException if the text cannot be read or is too short; before the first training
   */
  static Result run(Lab lab, Recipe recipe, Scope scope, List<Method> methods) throws IOException {
    return run(lab, scope, methods.stream().map(method -> new Entry(recipe, method)).toList());
  }

  /**
   * Runs the whole protocol; the first entry is the one all others are compared to, and all have its words and seeds.
   *
   * @throws IllegalArgumentException if the text cannot be read or is too short; before the first training
   */
  static Result run(Lab lab, Scope scope, List<Entry> entries) throws IOException {
    Entry first = entries.getFirst();
    Corpus corpus = Recipe.shortened(lab.text(first.recipe.vocabulary()));
    Comparison comparison = new Comparison(lab, corpus, scope, first.method);
    for (Entry entry : entries) {
      float rate = entry.recipe.rates().getFirst();
      LmTraining.check(entry.recipe.last(entry.method.spec(), comparison.others(entry.method),
          new Rates(rate, rate), Recipe.SEARCH_SEED), corpus);
    }
    return comparison.run(entries);
  }

  private Result run(List<Entry> entries) {
    Entry first = entries.getFirst();
    RateSearch unknown = RateSearch.of("one rate for all tensors");
    RateSearch shared = first.isSearching() && scope == Scope.WORD_TABLES
        ? unknown.trying(lab, first.rates(), RateSearch.FURTHER,
            (own, rate) -> validation(own, first, new Rates(rate, rate)))
        : unknown;
    List<Found> found =
        lab.together(entries, (own, entry) -> new Found(entry, tune(own, entry, entry.equals(first), shared)));
    List<List<ReportRun>> runs = lab.paired(first.recipe.budget().seeds(), found, this::last);
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      Found each = found.get(i);
      outcomes.add(new Outcome(each.entry.method, each.tuning, runs.get(i), new ArrayList<>()));
    }
    for (int i = 1; i <= TIMINGS; i++) {
      lab.say("timing " + i + " of " + TIMINGS);
      for (int k = 0; k < found.size(); k++) {
        outcomes.get(k).stepMillis().add(time(found.get(k)));
      }
    }
    return new Result(shared, outcomes);
  }

  private Tuning tune(Lab own, Entry entry, boolean isFirst, RateSearch shared) {
    if (!entry.isSearching()) {
      float rate = entry.method.rate(entry.recipe.rates().getFirst());
      return Tuning.given(new Rates(rate, scope == Scope.WORD_TABLES ? entry.recipe.rates().getFirst() : rate));
    }
    BiFunction<Lab, Rates, Double> score = (trainer, rates) -> validation(trainer, entry, rates);
    return switch (scope) {
      case WORD_TABLES -> {
        float others = shared.best();
        SortedMap<Float, Double> known = new TreeMap<>();
        if (isFirst && entry.rates().contains(others)) {
          known.put(others, shared.scores().get(others)); // the same training
        }
        yield Tuning.ofTables(own, entry.rates(), others, known, score);
      }
      case ALL_TENSORS -> Tuning.ofBoth(own, entry.rates(), score);
    };
  }

  private ReportRun last(Lab own, Found found, long seed) {
    Method method = found.entry.method;
    Rates rates = found.tuning.rates();
    LmOptions options = found.entry.recipe.last(method.spec(), others(method), rates, seed);
    ReportRun run = own.train(method.label() + " seed " + seed, options, corpus, SILENT);
    say("seed " + seed, method, rates, "test", perplexity(run, run.summary().scores().test()));
    return run;
  }

  /** The middle value, the upper one of an even number. */
  static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private double time(Found found) {
    Method method = found.entry.method;
    ReportRun run = lab.train("timing " + method.label(),
        found.entry.recipe.timing(method.spec(), others(method), found.tuning.rates()), Recipe.withoutTest(corpus),
        SILENT);
    Summary.Throughput throughput = run.summary().throughput();
    return throughput == null ? Double.NaN : throughput.stepMillisMedian();
  }

  private OptimizerSpec others(Method method) {
    return switch (scope) {
      case WORD_TABLES -> denseOfFirst;
      case ALL_TENSORS -> method.spec();
    };
  }

  private double validation(Lab own, Entry entry, Rates rates) {
    Method method = entry.method;
    ReportRun run = own.train("search " + method.label() + " lr " + rates.tables(),
        entry.recipe.search(method.spec(), others(method), rates, Recipe.SEARCH_SEED), Recipe.withoutTest(corpus),
        SILENT);
    double perplexity = perplexity(run, run.summary().scores().validation());
    say("search", method, rates, "validation", perplexity);
    return perplexity;
  }

  private void say(String phase, Method method, Rates rates, String text, double perplexity) {
    lab.say(phase + ", " + method.label() + ", lr " + rates.tables() + " and " + rates.others() + ": " + text
        + " perplexity "
        + Numbers.perplexity(perplexity));
  }

  private static double perplexity(ReportRun run, Summary.@Nullable Score score) {
    return score == null || run.summary().outcome().divergedAtStep() != null
        ? Double.POSITIVE_INFINITY
        : score.perplexity();
  }
}
