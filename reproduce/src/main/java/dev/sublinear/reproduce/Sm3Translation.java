/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.train.data.ParallelCorpus;
import dev.sublinear.train.model.TranslationConfig;
import java.util.List;

/**
 * The translation claim of Anil, Gupta, Koren, Singer: Memory-Efficient Adaptive Optimization, NeurIPS 2019 (arXiv
 * 1901.11150).
 */
final class Sm3Translation {
  private static final List<Long> SEEDS = List.of(2L, 3L);
  private static final List<Float> RATES = List.of(0.001f, 0.002f, 0.004f);
  private static final double WARMUP = 0.1;

  private Sm3Translation() {}

  static Experiment experiment() {
    return new TranslationExperiment(Sm3Translation::recipe,
        List.of(Method.added("Adam", "adam"), Method.added("SM3", "sm3").withRatesTimes(20)));
  }

  private static TranslationRecipe recipe(Size size) {
    return switch (size) {
      case SMOKE ->
        new TranslationRecipe(new ParallelCorpus.Limits(1_000, 8, 50), new TranslationConfig(32, 1, 2, 64, 9),
            500, 1, WARMUP, RATES.subList(1, 3), new TranslationRecipe.Budget(20, 60, 2, SEEDS));
      case SHORT -> new TranslationRecipe(new ParallelCorpus.Limits(8_000, 15, 1_000),
          new TranslationConfig(128, 2, 4, 512, 16), 750, 1, WARMUP, RATES,
          new TranslationRecipe.Budget(250, 1_500, 6, SEEDS));
      // Without dropout more passes would learn the pairs by heart.
      case FULL -> new TranslationRecipe(new ParallelCorpus.Limits(16_000, 40, 1_000),
          new TranslationConfig(256, 3, 8, 1_024, 41), 4_000, 1, WARMUP, RATES,
          new TranslationRecipe.Budget(600, 3_000, 12, SEEDS));
    };
  }
}
