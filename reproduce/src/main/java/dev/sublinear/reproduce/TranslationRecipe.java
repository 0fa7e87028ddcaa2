/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.train.data.PairBatches;
import dev.sublinear.train.data.ParallelCorpus;
import dev.sublinear.train.loop.LmOptions;
import dev.sublinear.train.loop.Schedule;
import dev.sublinear.train.loop.TranslationOptions;
import dev.sublinear.train.model.TranslationConfig;
import java.util.List;

/**
 * How a translation model is trained, whatever its optimizer.
 *
 * @param limits how pairs become a corpus
 * @param network the shape of the network
 * @param batchWords most words of each side of a batch, padding counted
 * @param clip largest norm of the gradients
 * @param warmup fraction of a training in which the rate rises quadratically; then it falls to 0 in a straight line
 * @param rates learning rates tried, ascending; a method may multiply them
 * @param budget how long
 */
record TranslationRecipe(ParallelCorpus.Limits limits, TranslationConfig network, int batchWords, double clip,
    double warmup, List<Float> rates, Budget budget) {
  private static final long SEARCH_SEED = 1;

  /**
   * How long.
   *
   * @param searchSteps length of a training of the search
   * @param steps length of a final training
   * @param evaluations validations during a final training
   * @param seeds of the final trainings
   */
  record Budget(long searchSteps, long steps, int evaluations, List<Long> seeds) {}

  /** Passes of a final training over the pairs. */
  double epochs(ParallelCorpus corpus) {
    return (double) budget.steps / new PairBatches(corpus.train(), batchWords, SEARCH_SEED).inOrder().size();
  }

  /** A training of the search. */
  TranslationOptions search(OptimizerSpec spec, Rates chosen) {
    return options(spec, chosen, budget.searchSteps, 1, SEARCH_SEED);
  }

  /** A final training. */
  TranslationOptions last(OptimizerSpec spec, Rates chosen, long seed) {
    return options(spec, chosen, budget.steps, budget.evaluations, seed);
  }

  private TranslationOptions options(OptimizerSpec spec, Rates chosen, long steps, int evaluations, long seed) {
    Schedule schedule =
        new Schedule(Schedule.Kind.LINEAR, (int) Math.round(warmup * steps), Schedule.Shape.QUADRATIC, 0, 0);
    return new TranslationOptions(network, batchWords,
        new LmOptions.Optimization(spec, spec, chosen.tables(), chosen.others(), schedule, clip),
        new LmOptions.Length(steps, 0, evaluations, 0), seed);
  }
}
