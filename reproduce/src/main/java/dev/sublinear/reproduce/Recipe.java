/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.train.data.Corpus;
import dev.sublinear.train.loop.LmOptions;
import dev.sublinear.train.loop.Schedule;
import dev.sublinear.train.model.LstmConfig;
import java.util.Arrays;
import java.util.List;

/**
 * How the methods of a table are trained and compared: the network, the text, and the budget of each.
 *
 * @param network the shape of the network
 * @param samples negatives of the sampled softmax; 0 for the full one
 * @param maxVocabulary most words to keep; 0 for all
 * @param batch rows of text side by side
 * @param bptt steps of a window
 * @param clip largest norm of the gradients
 * @param schedule of the learning rate
 * @param rates learning rates tried for every method, ascending; the only one is taken without a search
 * @param searchTokens length of a training of the search
 * @param tokens length of a final training
 * @param evaluations validations during a final training
 * @param seeds of the final trainings
 */
record Recipe(LstmConfig network, int samples, int maxVocabulary, int batch, int bptt, double clip, String schedule,
    List<Float> rates, long searchTokens, long tokens, int evaluations, List<Long> seeds) {
  /** Tokens of the validation text that choose a learning rate. */
  private static final int VALIDATION = 20_000;

  static final long SEARCH_SEED = 1;

  /**
   * Learning rates of a training.
   *
   * @param tables that of the word tables
   * @param others that of all other tensors
   */
  record Rates(float tables, float others) {}

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
  LmOptions search(OptimizerSpec tables, OptimizerSpec others, Rates rates) {
    return options(tables, others, rates, searchTokens, 1, SEARCH_SEED);
  }

  /** A final training. */
  LmOptions last(OptimizerSpec tables, OptimizerSpec others, Rates rates, long seed) {
    return options(tables, others, rates, tokens, evaluations, seed);
  }

  private LmOptions options(OptimizerSpec tables, OptimizerSpec others, Rates rates, long tokens, int evaluations,
      long seed) {
    LmOptions.Optimization optimization =
        new LmOptions.Optimization(tables, others, rates.tables(), rates.others(), Schedule.parse(schedule), clip);
    long steps = Math.max(1, tokens / ((long) batch * bptt));
    return new LmOptions(new LmOptions.Data("", maxVocabulary, batch, bptt), network, samples, optimization,
        new LmOptions.Length(steps, 0, evaluations), seed);
  }
}
