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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Several methods under one protocol: each gets a learning-rate search of the same budget with one seed on a part of
 * the training text, chosen by validation; then the winner is trained with paired seeds (the same first weights, batches
 * and negatives for all methods) and tested once; then short trainings of all methods in turn are timed.
 *
 * <p>With {@link Scope#WORD_TABLES} the methods differ in the optimizer of the tables alone. All other tensors have the
 * rule of the first method with dense layouts, at the rate that is best where all tensors have the same rate and dense
 * layouts: a search before the others. The searches of the methods move the rate of the tables alone. (A sketched second moment is too large or too
 * small by a factor for many rows, which another rate mends; if that rate were that of the LSTM too, a method
 * would be punished for a matter of units.) {@link RateSearch} says which rates are tried.
 */
final class Comparison {
  private static final int TIMINGS = 5;
  private static final TrainingListener SILENT = new TrainingListener() {};

  private final Lab lab;
  private final Recipe recipe;
  private final Corpus corpus;
  private final Scope scope;
  private final OptimizerSpec denseOfFirst;

  private Comparison(Lab lab, Recipe recipe, Corpus corpus, Scope scope, Method first) {
    this.lab = lab;
    this.recipe = recipe;
    this.corpus = corpus;
    this.scope = scope;
    denseOfFirst = OptimizerSpec.dense(first.spec().rule());
  }

  /**
   * What came out for one method.
   *
   * @param method the method
   * @param search validation perplexity by learning rate; infinite if it diverged; empty if the paper's rate was taken
   * @param rates the rates of the final trainings
   * @param runs the final trainings, one for each seed
   * @param stepMillis the median duration of a step of each timed training; not a number if none got through
   */
  record Outcome(Method method, SortedMap<Float, Double> search, Recipe.Rates rates, List<ReportRun> runs,
      List<Double> stepMillis) {
    /** Test perplexity by seed; infinite for a run that diverged. */
    List<Double> perplexities() {
      return runs.stream().map(run -> perplexity(run, run.summary().scores().test())).toList();
    }
  }

  /**
   * What came out.
   *
   * @param shared validation perplexity of the first method by a rate that all tensors have, where that decides the rate
   *     of those that are no tables; otherwise empty
   * @param outcomes of the methods, in their order
   */
  record Result(SortedMap<Float, Double> shared, List<Outcome> outcomes) {}

  /**
   * Runs the whole protocol; the first method is the one all others are compared to.
   *
   * @throws IllegalArgumentException if the text cannot be read or is too short; before the first training
   */
  static Result run(Lab lab, Recipe recipe, Scope scope, List<Method> methods) throws IOException {
    Corpus corpus = Recipe.shortened(lab.text(recipe.vocabulary()));
    Comparison comparison = new Comparison(lab, recipe, corpus, scope, methods.getFirst());
    Recipe.Rates first = new Recipe.Rates(recipe.rates().getFirst(), recipe.rates().getFirst());
    methods.forEach(
        method -> LmTraining.check(
            recipe.last(method.spec(), comparison.others(method), first, Recipe.SEARCH_SEED), corpus));
    return comparison.run(methods);
  }

  private Result run(List<Method> methods) {
    List<Outcome> outcomes = new ArrayList<>();
    boolean isSearching = recipe.rates().size() > 1;
    SortedMap<Float, Double> shared = new TreeMap<>();
    if (isSearching && scope == Scope.WORD_TABLES) {
      search(methods.getFirst(), rate -> new Recipe.Rates(rate, rate), shared);
    }
    float sharedRate = shared.isEmpty() ? recipe.rates().getFirst() : RateSearch.best(shared);
    Function<Float, Recipe.Rates> rates =
        rate -> new Recipe.Rates(rate, scope == Scope.WORD_TABLES ? sharedRate : rate);
    for (Method method : methods) {
      SortedMap<Float, Double> search = new TreeMap<>();
      if (outcomes.isEmpty() && recipe.rates().contains(sharedRate) && shared.containsKey(sharedRate)) {
        search.put(sharedRate, shared.get(sharedRate)); // the same training
      }
      if (isSearching) {
        search(method, rates, search);
      }
      float rate = isSearching ? RateSearch.best(search) : method.rate(recipe.rates().getFirst());
      outcomes.add(new Outcome(method, search, rates.apply(rate), new ArrayList<>(), new ArrayList<>()));
    }
    // Seed by seed, so that what the machine does meanwhile falls on all methods alike.
    for (long seed : recipe.budget().seeds()) {
      for (Outcome outcome : outcomes) {
        Method method = outcome.method();
        LmOptions options = recipe.last(method.spec(), others(method), outcome.rates(), seed);
        ReportRun run = lab.train(method.label() + " seed " + seed, options, corpus, SILENT);
        outcome.runs().add(run);
        say("seed " + seed, method, outcome.rates(), "test", perplexity(run, run.summary().scores().test()));
      }
    }
    for (int i = 1; i <= TIMINGS; i++) {
      lab.say("timing " + i + " of " + TIMINGS);
      outcomes.forEach(this::time);
    }
    return new Result(shared, outcomes);
  }

  private void time(Outcome outcome) {
    Method method = outcome.method();
    ReportRun run = lab.train("timing " + method.label(), recipe.timing(method.spec(), others(method), outcome.rates()),
        Recipe.withoutTest(corpus), SILENT);
    Summary.Throughput throughput = run.summary().throughput();
    outcome.stepMillis().add(throughput == null ? Double.NaN : throughput.stepMillisMedian());
  }

  private OptimizerSpec others(Method method) {
    return switch (scope) {
      case WORD_TABLES -> denseOfFirst;
      case ALL_TENSORS -> method.spec();
    };
  }

  /** Fills {@code found}, where a rate may be known already. */
  private void search(Method method, Function<Float, Recipe.Rates> rates, SortedMap<Float, Double> found) {
    RateSearch.fill(recipe.rates().stream().map(method::rate).toList(), found,
        rate -> validation(method, rates.apply(rate)));
  }

  private double validation(Method method, Recipe.Rates rates) {
    ReportRun run = lab.train("search " + method.label() + " lr " + rates.tables(),
        recipe.search(method.spec(), others(method), rates), Recipe.withoutTest(corpus), SILENT);
    double perplexity = perplexity(run, run.summary().scores().validation());
    say("search", method, rates, "validation", perplexity);
    return perplexity;
  }

  private void say(String phase, Method method, Recipe.Rates rates, String text, double perplexity) {
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
