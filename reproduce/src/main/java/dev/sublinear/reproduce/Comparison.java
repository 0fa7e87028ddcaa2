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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Several methods under one protocol: each gets a learning-rate search of the same budget with one seed on a part of
 * the training text, chosen by validation; then the winner is trained with paired seeds (the same first weights, batches
 * and negatives for all methods) and tested once.
 *
 * <p>The methods differ in the optimizer of the tables alone; all other tensors have the rule of the first method with
 * dense layouts. Where the best rate is at the edge of those tried, the search goes on by factors of 2, at most
 * {@link #FURTHER} times.
 */
final class Comparison {
  private static final int FURTHER = 2;
  private static final TrainingListener SILENT = new TrainingListener() {};

  private Comparison() {}

  /**
   * What came out for one method.
   *
   * @param method the method
   * @param search validation perplexity of the search by learning rate; empty if there was none; infinite if it diverged
   * @param rate the rate chosen
   * @param runs the final trainings, one for each seed
   */
  record Outcome(Method method, SortedMap<Float, Double> search, float rate, List<ReportRun> runs) {
    /** Test perplexity by seed; infinite for a run that diverged. */
    List<Double> perplexities() {
      return runs.stream().map(run -> {
        Summary.Score test = run.summary().scores().test();
        return test == null ? Double.POSITIVE_INFINITY : test.perplexity();
      }).toList();
    }

    /** Training tokens per second by seed; 0 for a run that did not get through a step. */
    List<Double> tokensPerSecond() {
      return runs.stream().map(run -> {
        Summary.Throughput throughput = run.summary().throughput();
        return throughput == null ? 0 : throughput.examplesPerSecond();
      }).toList();
    }
  }

  /** Runs the whole protocol; the first method is the one all others are compared to. */
  static List<Outcome> run(Lab lab, Recipe recipe, List<Method> methods) throws IOException {
    Corpus corpus = Recipe.shortened(lab.text(recipe.maxVocabulary()));
    Map<Method, OptimizerSpec> specs = new LinkedHashMap<>();
    methods.forEach(method -> specs.put(method, OptimizerSpec.parse(method.optimizer())));
    OptimizerSpec others = OptimizerSpec.dense(specs.get(methods.getFirst()).rule());
    specs.values().forEach(spec -> LmTraining.check(recipe.search(spec, others, recipe.rates().getFirst()), corpus));
    Map<Method, SortedMap<Float, Double>> searches = new LinkedHashMap<>();
    Map<Method, Float> rates = new LinkedHashMap<>();
    specs.forEach((method, spec) -> {
      SortedMap<Float, Double> search = search(lab, recipe, Recipe.withoutTest(corpus), method, spec, others);
      searches.put(method, search);
      rates.put(method, search.isEmpty() ? recipe.rates().getFirst() : best(search));
    });
    Map<Method, List<ReportRun>> runs = new LinkedHashMap<>();
    // Seed by seed, so that what the machine does meanwhile falls on all methods alike.
    for (long seed : recipe.seeds()) {
      specs.forEach((method, spec) -> {
        LmOptions options = recipe.last(spec, others, rates.get(method), seed);
        ReportRun run = lab.train(method.label() + " seed " + seed, options, corpus, SILENT);
        runs.computeIfAbsent(method, key -> new ArrayList<>()).add(run);
        Summary.Score test = run.summary().scores().test();
        lab.say("seed " + seed + ", " + method.label() + ", lr " + rates.get(method) + ": test perplexity "
            + (test == null ? "diverged" : Numbers.perplexity(test.perplexity())));
      });
    }
    return methods.stream()
        .map(method -> new Outcome(method, searches.get(method), rates.get(method), runs.get(method)))
        .toList();
  }

  private static SortedMap<Float, Double> search(Lab lab, Recipe recipe, Corpus corpus, Method method,
      OptimizerSpec spec, OptimizerSpec others) {
    SortedMap<Float, Double> found = new TreeMap<>();
    if (recipe.rates().size() == 1) {
      return found;
    }
    for (float rate : recipe.rates()) {
      found.put(rate, validation(lab, recipe, corpus, method, spec, others, rate));
    }
    for (int i = 0; i < FURTHER; i++) {
      float best = best(found);
      float next = best == found.firstKey() ? best / 2 : best == found.lastKey() ? best * 2 : 0;
      if (next == 0 || found.get(best).isInfinite()) {
        break;
      }
      found.put(next, validation(lab, recipe, corpus, method, spec, others, next));
    }
    return found;
  }

  private static double validation(Lab lab, Recipe recipe, Corpus corpus, Method method, OptimizerSpec spec,
      OptimizerSpec others, float rate) {
    ReportRun run = lab.train("search " + method.label() + " lr " + rate, recipe.search(spec, others, rate), corpus,
        SILENT);
    Summary.Score score = run.summary().scores().validation();
    boolean hasDiverged = score == null || run.summary().outcome().divergedAtStep() != null;
    double perplexity = hasDiverged ? Double.POSITIVE_INFINITY : score.perplexity();
    lab.say("search, " + method.label() + ", lr " + rate + ": validation perplexity "
        + (hasDiverged ? "diverged" : Numbers.perplexity(perplexity)));
    return perplexity;
  }

  /** The rate of the lowest perplexity. */
  static float best(SortedMap<Float, Double> search) {
    return search.entrySet().stream().min(Map.Entry.comparingByValue()).orElseThrow().getKey();
  }
}
