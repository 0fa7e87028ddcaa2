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
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Several methods under one protocol: each gets a learning-rate search of the same budget with one seed on a part of
 * the training text, chosen by validation; then the winner is trained with paired seeds (the same first weights, batches
 * and negatives for all methods) and tested once.
 *
 * <p>The methods differ in the optimizer of the tables alone. All other tensors have the rule of the first method with
 * dense layouts, and the rate that its search found: its search moves one rate for all tensors, the searches of the
 * other methods that of the tables. Where the best rate is at the edge of those tried, the search goes on by factors of
 * 2, at most {@link #FURTHER} times.
 */
final class Comparison {
  private static final int FURTHER = 2;
  private static final TrainingListener SILENT = new TrainingListener() {};

  private final Lab lab;
  private final Recipe recipe;
  private final Corpus corpus;
  private final OptimizerSpec others;

  private Comparison(Lab lab, Recipe recipe, Corpus corpus, OptimizerSpec others) {
    this.lab = lab;
    this.recipe = recipe;
    this.corpus = corpus;
    this.others = others;
  }

  /**
   * What came out for one method.
   *
   * @param method the method
   * @param search validation perplexity by learning rate; infinite if it diverged; empty if the paper's rate was taken
   * @param rates the rates of the final trainings
   * @param runs the final trainings, one for each seed
   */
  record Outcome(Method method, SortedMap<Float, Double> search, Recipe.Rates rates, List<ReportRun> runs) {
    /** Test perplexity by seed; infinite for a run that diverged. */
    List<Double> perplexities() {
      return runs.stream().map(run -> perplexity(run, run.summary().scores().test())).toList();
    }

    /** Training tokens per second by seed; not a number for a run that did not get through a step. */
    List<Double> tokensPerSecond() {
      return runs.stream().map(run -> {
        Summary.Throughput throughput = run.summary().throughput();
        return throughput == null ? Double.NaN : throughput.examplesPerSecond();
      }).toList();
    }
  }

  /**
   * Runs the whole protocol; the first method is the one all others are compared to.
   *
   * @throws IllegalArgumentException if the text cannot be read or is too short; before the first training
   */
  static List<Outcome> run(Lab lab, Recipe recipe, List<Method> methods) throws IOException {
    Corpus corpus = Recipe.shortened(lab.text(recipe.vocabulary()));
    OptimizerSpec others = OptimizerSpec.dense(methods.getFirst().spec().rule());
    Comparison comparison = new Comparison(lab, recipe, corpus, others);
    Recipe.Rates first = new Recipe.Rates(recipe.rates().getFirst(), recipe.rates().getFirst());
    methods.forEach(method -> LmTraining.check(recipe.search(method.spec(), others, first), corpus));
    return comparison.run(methods);
  }

  private List<Outcome> run(List<Method> methods) {
    List<Outcome> outcomes = new ArrayList<>();
    for (Method method : methods) {
      Float othersRate = outcomes.isEmpty() ? null : outcomes.getFirst().rates().others();
      SortedMap<Float, Double> search = new TreeMap<>();
      if (recipe.rates().size() > 1) {
        search(method, othersRate, search);
      }
      float best = search.isEmpty() ? recipe.rates().getFirst() * method.rateFactor() : best(search);
      Recipe.Rates rates = new Recipe.Rates(best, othersRate == null ? best : othersRate);
      outcomes.add(new Outcome(method, search, rates, new ArrayList<>()));
    }
    // Seed by seed, so that what the machine does meanwhile falls on all methods alike.
    for (long seed : recipe.budget().seeds()) {
      for (Outcome outcome : outcomes) {
        Method method = outcome.method();
        LmOptions options = recipe.last(method.spec(), others, outcome.rates(), seed);
        ReportRun run = lab.train(method.label() + " seed " + seed, options, corpus, SILENT);
        outcome.runs().add(run);
        say("seed " + seed, method, outcome.rates().tables(), "test", perplexity(run, run.summary().scores().test()));
      }
    }
    return outcomes;
  }

  private void search(Method method, @Nullable Float othersRate, SortedMap<Float, Double> found) {
    for (float rate : recipe.rates()) {
      float own = rate * method.rateFactor();
      found.put(own, validation(method, own, othersRate));
    }
    for (int i = 0; i < FURTHER; i++) {
      float best = best(found);
      boolean isFirst = found.firstKey() == best;
      if (!isFirst && found.lastKey() != best) {
        return;
      }
      float next = isFirst ? best / 2 : best * 2;
      found.put(next, validation(method, next, othersRate));
    }
  }

  private double validation(Method method, float rate, @Nullable Float othersRate) {
    Recipe.Rates rates = new Recipe.Rates(rate, othersRate == null ? rate : othersRate);
    ReportRun run = lab.train("search " + method.label() + " lr " + rate, recipe.search(method.spec(), others, rates),
        Recipe.withoutTest(corpus), SILENT);
    double perplexity = perplexity(run, run.summary().scores().validation());
    say("search", method, rate, "validation", perplexity);
    return perplexity;
  }

  private void say(String phase, Method method, float rate, String text, double perplexity) {
    lab.say(phase + ", " + method.label() + ", lr " + rate + ": " + text + " perplexity "
        + Numbers.perplexity(perplexity));
  }

  private static double perplexity(ReportRun run, Summary.@Nullable Score score) {
    return score == null || run.summary().outcome().divergedAtStep() != null
        ? Double.POSITIVE_INFINITY
        : score.perplexity();
  }

  /** The rate of the lowest perplexity, the lower rate of equal ones. */
  static float best(SortedMap<Float, Double> search) {
    return search.entrySet().stream().min(Map.Entry.comparingByValue()).orElseThrow().getKey();
  }
}
