/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.train.data.Corpus;
import dev.sublinear.train.loop.LmTraining;
import dev.sublinear.train.loop.TrainingListener;
import dev.sublinear.train.report.ReportRun;
import java.util.List;
import java.util.Locale;

/**
 * A language model, whose two word tables always have Adam at one rate.
 *
 * @param corpus the text, its validation shortened
 * @param recipe network and length
 * @param tablesRate Adam's rate of the tables
 */
record TextTask(Corpus corpus, Recipe recipe, float tablesRate) implements DenseTask {
  private static final OptimizerSpec ADAM = OptimizerSpec.parse("adam");

  @Override
  public String title() {
    return recipe.network().name() + " on " + corpus.name();
  }

  @Override
  public String setting() {
    return String.format(Locale.ROOT,
        "%,d training tokens, %,d words; %s, softmax %s; batch %d x %d tokens, clip %s,"
            + " schedule `%s`; searches of %,d tokens, final trainings of %,d. The word tables have Adam at %s in all rows; the methods"
            + " update the rest.",
        corpus.train().length, corpus.vocabulary().size(), recipe.network(), recipe.softmax(),
        recipe.batch(), recipe.bptt(), recipe.clip(), recipe.schedule(), recipe.budget().searchTokens(),
        recipe.budget().tokens(), tablesRate);
  }

  @Override
  public List<Float> rates() {
    return recipe.rates();
  }

  @Override
  public long steps() {
    return recipe.denseAdam().length().steps();
  }

  @Override
  public void check(Method method) {
    LmTraining.check(recipe.last(ADAM, method.denseSpec(), rates(rates().getFirst()), Recipe.SEARCH_SEED), corpus);
  }

  @Override
  public List<Long> searchSeeds() {
    return List.of(Recipe.SEARCH_SEED);
  }

  @Override
  public List<Long> seeds() {
    return recipe.budget().seeds();
  }

  @Override
  public ReportRun search(Lab lab, Method method, float rate, long seed) {
    return lab.train("search " + method.label() + " lr " + rate + " seed " + seed,
        recipe.search(ADAM, method.denseSpec(), rates(rate), seed), Recipe.withoutTest(corpus),
        new TrainingListener() {});
  }

  @Override
  public ReportRun last(Lab lab, Method method, float rate, long seed) {
    return lab.train(method.label() + " seed " + seed, recipe.last(ADAM, method.denseSpec(), rates(rate), seed), corpus,
        new TrainingListener() {});
  }

  @Override
  public ReportRun timing(Lab lab, Method method, float rate) {
    return lab.train("timing " + method.label(), recipe.timing(ADAM, method.denseSpec(), rates(rate)),
        Recipe.withoutTest(corpus), new TrainingListener() {});
  }

  @Override
  public void watch(Lab lab, TrainingListener listener) {
    lab.trainToTheEnd("watched " + recipe.network().name(),
        recipe.last(ADAM, ADAM, rates(rates().getFirst()), Recipe.SEARCH_SEED), Recipe.withoutTest(corpus), listener);
  }

  private Rates rates(float others) {
    return new Rates(tablesRate, others);
  }
}
