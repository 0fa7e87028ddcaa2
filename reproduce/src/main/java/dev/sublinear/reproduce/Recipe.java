/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.StepSpec;
import dev.sublinear.train.data.Corpus;
import dev.sublinear.train.loop.LmOptions;
import dev.sublinear.train.loop.Schedule;
import dev.sublinear.train.model.NetworkConfig;
import dev.sublinear.train.model.SoftmaxSpec;
import java.util.Arrays;
import java.util.List;

/**
 * How the methods of a table are trained: the task, and the budget that each gets.
 *
 * @param vocabulary most words to keep; 0 for all
 * @param batch rows of text side by side
 * @param bptt steps of a window
 * @param network the shape of the network
 * @param softmax the training loss over the words
 * @param clip largest norm of the gradients
 * @param schedule of the learning rates
 * @param rates learning rates tried for every method, ascending; a single one is taken without a search
 * @param budget how long
 */
record Recipe(int vocabulary, int batch, int bptt, NetworkConfig network, SoftmaxSpec softmax, double clip,
    Schedule schedule,
    List<Float> rates, Budget budget) {
  static final long SEARCH_SEED = 1;

  /** Steps of a training that is timed. */
  static final int TIMED = 40;

  /** Tokens of the validation text that choose a learning rate. */
  private static final int VALIDATION = 20_000;

  /**
   * How long.
   *
   * @param searchTokens length of a training of the search
   * @param tokens length of a final training
   * @param evaluations validations during a final training
   * @param seeds of the final trainings
   * @param probe rows of each table that are probed during the final trainings; 0 for none
   */
  record Budget(long searchTokens, long tokens, int evaluations, List<Long> seeds, int probe) {}

  /** The same with some rows of each table probed. */
  Recipe probing(int rows) {
    return new Recipe(vocabulary, batch, bptt, network, softmax, clip, schedule, rates,
        new Budget(budget.searchTokens, budget.tokens, budget.evaluations, budget.seeds, rows));
  }

  /** The same with a batch {@code times} as large, in as many steps. */
  Recipe ofBatch(int times) {
    return new Recipe(vocabulary, batch * times, bptt, network, softmax, clip, schedule, rates,
        new Budget(times * budget.searchTokens, times * budget.tokens, budget.evaluations, budget.seeds, budget.probe));
  }

  /** The text with the validation cut to what a search needs. */
  static Corpus shortened(Corpus corpus) {
    int[] validation = Arrays.copyOf(corpus.validation(), Math.min(VALIDATION, corpus.validation().length));
    return new Corpus(corpus.name(), corpus.vocabulary(), corpus.train(), validation, corpus.test());
  }

  /** The text of a search, whose trainings end with a score on their test text: it must not be the real one. */
  static Corpus withoutTest(Corpus corpus) {
    return new Corpus(corpus.name(), corpus.vocabulary(), corpus.train(), corpus.validation(),
        Arrays.copyOf(corpus.validation(), 2));
  }

  /** A training of the search. */
  LmOptions search(OptimizerSpec tables, StepSpec others, Rates chosen, long seed) {
    return options(tables, others, chosen, new LmOptions.Length(steps(budget.searchTokens), 0, 1, 0), seed);
  }

  /** A final training. */
  LmOptions last(OptimizerSpec tables, StepSpec others, Rates chosen, long seed) {
    return options(tables, others, chosen,
        new LmOptions.Length(steps(budget.tokens), 0, budget.evaluations, budget.probe), seed);
  }

  /** A training to look on at: dense Adam at the first of the rates. */
  LmOptions denseAdam() {
    OptimizerSpec adam = OptimizerSpec.parse("adam");
    float rate = rates.getFirst();
    return last(adam, adam, new Rates(rate, rate), SEARCH_SEED);
  }

  /** A training that is timed. */
  LmOptions timing(OptimizerSpec tables, StepSpec others, Rates chosen) {
    return options(tables, others, chosen, new LmOptions.Length(TIMED, 0, 1, 0), SEARCH_SEED);
  }

  private long steps(long tokens) {
    return Math.max(1, tokens / ((long) batch * bptt));
  }

  private LmOptions options(OptimizerSpec tables, StepSpec others, Rates chosen, LmOptions.Length length,
      long seed) {
    return new LmOptions(new LmOptions.Data("", vocabulary, batch, bptt), network, softmax,
        new LmOptions.Optimization(tables, others, chosen.tables(), chosen.others(), schedule, clip), length, seed);
  }
}
